using System.Globalization;
using CryptoDev.Benchmarks;
using CryptoDev.Benchmarks.Comparison;
using CryptoDev.Benchmarks.Scaling;
using CryptoDev.Benchmarks.Workloads;
#if !AOT
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
#endif

try
{
    return args switch
    {
        ["ratio", var name, .. var options] => Ratio(ComparisonPlan.Find(name), options),
        ["syscalls", var driver, var count, var size] => Syscalls(driver, Number("the count", count), Number("the size", size)),
        ["powers", var name, .. var bits] => Powers(PowerPlan.Find(name), [.. bits.Select(text => Number("the number of bits", text))]),
        ["scaling", .. var options] => Scaling(options),
#if !AOT
        ["bdn", .. var options] => BenchmarkDotNet(options),
#endif
        _ => Usage(),
    };
}
catch (Exception failure) when (failure is BenchmarkException or CryptoDev.CryptoDevException or ArgumentException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine(
        $"""
        ratio {string.Join(
            '|',
            ComparisonPlan.All.Select(plan => plan.Name)
        )} [--blocks N] [--milliseconds N] [--operation PART]... [--size N]... [--json]
            ours and a peer in turn in one process; a Markdown table or JSON on standard output
        syscalls DRIVER COUNT SIZE
            COUNT operations of each kind on that driver between marks for strace; see benchmarks/syscalls.sh
        powers {string.Join('|', PowerPlan.All.Select(plan => plan.Name))} [BITS]...
            base^exponent mod modulus, ours and a peer in turn, all numbers of so many bits
        scaling [--threads N] [--blocks N] [--milliseconds N] [--operation PART]... [--size N]...
            what several threads do at once, over what one does: on one session, on one each, and the framework's classes
        bdn [BenchmarkDotNet options]
            the software driver and System.Security.Cryptography under BenchmarkDotNet, in this process
        """
    );
    return 2;
}

static int Ratio(ComparisonPlan plan, string[] options)
{
    int blocks = plan.Blocks;
    int milliseconds = plan.BlockMilliseconds;
    bool json = false;
    List<Operation> operations = [];
    List<int> sizes = [];
    for (int index = 0; index < options.Length; index++)
    {
        string Value() => ++index < options.Length ? options[index] : throw new BenchmarkException($"{options[index - 1]} needs a value.");
        switch (options[index])
        {
            case "--blocks":
                blocks = Number("--blocks", Value());
                break;
            case "--milliseconds":
                milliseconds = Number("--milliseconds", Value());
                break;
            case "--size":
                sizes.Add(Number("--size", Value()));
                break;
            case "--operation":
                string part = Value();
                operations.AddRange(Operation.All.Where(operation => operation.Name.Contains(part, StringComparison.OrdinalIgnoreCase)));
                break;
            case "--json":
                json = true;
                break;
            default:
                throw new BenchmarkException($"'{options[index]}' is not an option of ratio.");
        }
    }

    if (blocks < 20)
    {
        throw new BenchmarkException($"--blocks takes at least 20, not {blocks}: fewer medians are worth nothing on a shared machine.");
    }

    Action<string> progress = Console.IsErrorRedirected ? static _ => { } : static text => Console.Error.Write($"\r\e[K{text}");
    using InterleavedComparison comparison = new(plan, blocks, TimeSpan.FromMilliseconds(milliseconds), progress);
    IReadOnlyList<ComparisonRow> rows = comparison.Run(
        operations.Count == 0 ? Operation.All : operations,
        sizes.Count == 0 ? plan.Sizes : sizes
    );
    progress(string.Empty);
    ReportHead head = new(plan.Name, plan.Kind, plan.Clock, "bytes", comparison.Contenders, blocks);
    if (json)
    {
        ReportWriter.WriteJson(Console.Out, head, rows);
    }
    else
    {
        ReportWriter.WriteMarkdown(Console.Out, head, rows);
    }

    return 0;
}

static int Powers(PowerPlan plan, int[] bits)
{
    using PowerComparison comparison = new(plan);
    IReadOnlyList<ComparisonRow> rows = [.. (bits.Length == 0 ? plan.Bits : bits).Select(comparison.Measure)];
    ReportWriter.WriteMarkdown(
        Console.Out,
        new ReportHead($"powers {plan.Name}", plan.Kind, plan.Clock, "bits", comparison.Contenders, PowerPlan.Blocks),
        rows
    );
    return 0;
}

static int Syscalls(string driver, int count, int size)
{
    SyscallProbe.Run(driver, count, size);
    return 0;
}

static int Scaling(string[] options)
{
    int threads = 2;
    int blocks = 100;
    int milliseconds = 4;
    List<Operation> operations = [];
    List<int> sizes = [];
    for (int index = 0; index < options.Length; index += 2)
    {
        string value = index + 1 < options.Length ? options[index + 1] : throw new BenchmarkException($"{options[index]} needs a value.");
        switch (options[index])
        {
            case "--threads":
                threads = Number("--threads", value);
                break;
            case "--blocks":
                blocks = Number("--blocks", value);
                break;
            case "--milliseconds":
                milliseconds = Number("--milliseconds", value);
                break;
            case "--size":
                sizes.Add(Number("--size", value));
                break;
            case "--operation":
                operations.AddRange(Operation.All.Where(operation => operation.Name.Contains(value, StringComparison.OrdinalIgnoreCase)));
                break;
            default:
                throw new BenchmarkException($"'{options[index]}' is not an option of scaling.");
        }
    }

    Action<string> progress = Console.IsErrorRedirected ? static _ => { } : static text => Console.Error.Write($"\r\e[K{text}");
    using ScalingComparison comparison = new(threads, blocks, TimeSpan.FromMilliseconds(milliseconds), progress);
    IReadOnlyList<ScalingRow> rows = comparison.Run(
        operations.Count == 0 ? Operation.All : operations,
        sizes.Count == 0 ? [64, 1024] : sizes
    );
    progress(string.Empty);
    ReportWriter.WriteMarkdown(Console.Out, threads, blocks, rows);
    return 0;
}

#if !AOT
static int BenchmarkDotNet(string[] options)
{
    // Run the benchmarks in this process: the lab has no SDK to build a second program, and no packages can be restored there.
    ManualConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    BenchmarkSwitcher.FromTypes([typeof(SoftwareBenchmarks)]).Run(options.Length == 0 ? ["--filter", "*"] : options, config);
    return 0;
}
#endif

static int Number(string what, string text) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
        ? number
        : throw new BenchmarkException($"{what} takes a whole number from 1, not '{text}'.");
