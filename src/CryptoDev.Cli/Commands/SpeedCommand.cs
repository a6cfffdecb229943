using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Cli.Output;
using CryptoDev.Cli.Speed;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev speed</c>: how fast each driver is, by message size.</summary>
internal static class SpeedCommand
{
    private const double StandardSeconds = 0.5;
    private const int LongestMessage = 1 << 28;
    private static readonly string[] s_standardAlgorithms = ["aes-cbc", "aes-gcm", "sha256", "hmac-sha256"];
    private static readonly string[] s_standardSizes = ["64", "1K", "16K", "64K"];

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string[]> algorithm = new("--algorithm", "-a")
        {
            HelpName = "ALG",
            AllowMultipleArgumentsPerToken = true,
            Description = $"Algorithms, in any spelling ({string.Join(", ", s_standardAlgorithms)} unless told).",
        };
        Option<string[]> size = new("--size")
        {
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
            Description = $"Message sizes in bytes; K and M are powers of 1024 ({string.Join(", ", s_standardSizes)} unless told).",
        };
        Option<string[]> driver = new("--driver")
        {
            HelpName = "DRIVER",
            AllowMultipleArgumentsPerToken = true,
            Description = "Drivers to compare: software, af_alg, af_alg:KERNEL-DRIVER (every rung, and every hardware driver, unless told).",
        };
        Option<double> seconds = CommonOptions.Seconds(StandardSeconds, "Seconds per measurement.");
        Option<bool> json = CommonOptions.Json();
        Command command = new("speed", "Measure operations and megabytes per second, latency and CPU share per driver and message size.") { algorithm, size, driver, seconds, json };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            CommonOptions.CheckSeconds(parsed.GetValue(seconds));
            using CryptoDevice device = DeviceChoice.Open(parsed);
            List<SpeedTask> tasks =
            [
                .. from name in OrStandard(parsed.GetValue(algorithm), s_standardAlgorithms)
                   from one in Drivers(device, DriverChoice.Names(parsed.GetValue(driver)))
                   from length in OrStandard(parsed.GetValue(size), s_standardSizes).Select(ParseSize)
                   select new SpeedTask(name, CommonOptions.ParseAlgorithm(name), one, length),
            ];
            SpeedDocument document = Measure(console, device, tasks, parsed.GetValue(seconds), stop);
            if (document.Measurements.Count == 0)
            {
                throw new CliException(ExitCode.NotAvailable, $"nothing could be measured: {document.Absent[0].Driver} {document.Absent[0].Algorithm}: {document.Absent[0].Reason}");
            }

            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(console, document, JsonDocuments.Default.SpeedDocument);
            }
            else
            {
                SpeedPrinter.Print(console, document);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static IReadOnlyList<string> OrStandard(string[]? given, string[] standard) => given is { Length: > 0 } ? given : standard;

    /// <summary>The rungs, and what hardware there is behind them; CPU drivers behind a rung are measured when named.</summary>
    private static IEnumerable<string> Drivers(CryptoDevice device, List<string> named) =>
        named.Count > 0 ? named : device.Drivers.Where(driver => driver.Name == driver.Rung || driver.Kind == DriverKind.Hardware).Select(driver => driver.Name);

    private static int ParseSize(string text)
    {
        long size = CommonOptions.ParseSize("--size", text);
        return size is > 0 and <= LongestMessage ? (int)size : throw CliException.Usage($"--size takes 1 to {LongestMessage} bytes; {size} were given.");
    }

    private static SpeedDocument Measure(CliConsole console, CryptoDevice device, List<SpeedTask> tasks, double seconds, CancellationToken stop)
    {
        List<SpeedRow> rows = [];
        List<SpeedAbsence> absent = [];
        ProgressMeter.Run(console, "measuring", progress =>
        {
            for (int i = 0; i < tasks.Count; i++)
            {
                Measure(device, tasks[i], seconds, rows, absent, stop);
                progress((i + 1.0) / tasks.Count);
            }
        });
        return new SpeedDocument(seconds, rows, [.. absent.Distinct()]);
    }

    private static void Measure(CryptoDevice device, SpeedTask task, double seconds, List<SpeedRow> rows, List<SpeedAbsence> absent, CancellationToken stop)
    {
        (CryptoAlgorithm algorithm, int keyLength) = task.Algorithm;
        if (task.Size % algorithm.BlockSize != 0 || task.Size < algorithm.MinimumMessageLength)
        {
            absent.Add(new SpeedAbsence(task.Driver, task.Spelling, task.Size, $"a message of {task.Size} bytes does not fit {algorithm}"));
            return;
        }

        try
        {
            using Session session = Open(device, algorithm, keyLength, task.Driver, task.Size);
            SpeedResult result = SpeedMeter.Run(session, algorithm, task.Size, seconds, stop);
            rows.Add(new SpeedRow(
                task.Driver, task.Spelling, Words.Of(session.Driver.Kind), session.Driver.KernelDriver, task.Size, result.Operations, Math.Round(result.OperationsPerSecond, 1),
                Math.Round(result.OperationsPerSecond * task.Size / 1e6, 3), Math.Round(result.P50Microseconds, 3), Math.Round(result.P99Microseconds, 3), Math.Round(result.CpuShare, 3)));
        }
        catch (CryptoDevException error)
        {
            absent.Add(new SpeedAbsence(task.Driver, task.Spelling, null, error.Message));
        }
    }

    private static Session Open(CryptoDevice device, CryptoAlgorithm algorithm, int impliedKeyLength, string driver, int size)
    {
        int length = impliedKeyLength != 0 ? impliedKeyLength : algorithm.KeySizes.Default;
        byte[] bytes = new byte[length];
        RandomNumberGenerator.Fill(bytes);
        using CryptoKey? key = length == 0 ? null : new CryptoKey(bytes);
        SessionParameters parameters = algorithm.Kind switch
        {
            AlgorithmKind.Cipher => SessionParameters.Cipher(algorithm, key),
            AlgorithmKind.Aead => SessionParameters.Aead(algorithm, key!),
            AlgorithmKind.Digest => SessionParameters.Digest(algorithm),
            AlgorithmKind.Mac => SessionParameters.KeyedDigest(algorithm, key),
            _ => SessionParameters.Compression(algorithm),
        };
        return device.CreateSession(parameters.WithMaxMessageLength(size), DriverPolicy.Pinned(driver));
    }

    private sealed record SpeedTask(string Spelling, (CryptoAlgorithm Algorithm, int KeyLength) Algorithm, string Driver, int Size);
}

/// <summary>The report of speed for people: a table, and a bar chart per algorithm.</summary>
internal static class SpeedPrinter
{
    private static readonly Color[] s_colours = [Color.Green, Color.Blue, Color.Yellow, Color.Aqua, Color.Fuchsia, Color.Red];

    public static void Print(CliConsole console, SpeedDocument document)
    {
        TablePrinter printer = new(console);
        Table table = printer.Begin("algorithm", "driver", "kind", "kernel driver", "#size", "#ops/s", "#MB/s", "#p50 us", "#p99 us", "#CPU");
        foreach (SpeedRow row in document.Measurements)
        {
            table.AddRow(
                TablePrinter.Cell(row.Algorithm),
                TablePrinter.Cell(row.Driver),
                TablePrinter.Cell(row.Kind, row.Kind == "hardware" ? TablePrinter.Good : null),
                TablePrinter.Cell(row.KernelDriver ?? "-"),
                TablePrinter.Cell(Words.Count(row.Size)),
                TablePrinter.Cell(Words.Number(row.OperationsPerSecond, 0)),
                TablePrinter.Cell(Words.Number(row.MegabytesPerSecond, 1)),
                TablePrinter.Cell(Words.Number(row.P50Microseconds, 2)),
                TablePrinter.Cell(Words.Number(row.P99Microseconds, 2)),
                TablePrinter.Cell(row.CpuShare.ToString("P0", CultureInfo.InvariantCulture)));
        }

        printer.Write(table);
        PrintCharts(printer, document);
        foreach (SpeedAbsence absence in document.Absent)
        {
            printer.Line($"not measured: {absence.Driver} {absence.Algorithm}: {absence.Reason}");
        }
    }

    private static void PrintCharts(TablePrinter printer, SpeedDocument document)
    {
        List<string> drivers = [.. document.Measurements.Select(row => row.Driver).Distinct()];
        foreach (IGrouping<string, SpeedRow> rows in document.Measurements.GroupBy(row => row.Algorithm))
        {
            printer.Heading($"{rows.Key}, MB/s");
            BarChart chart = new() { ShowValues = true };
            foreach (SpeedRow row in rows)
            {
                Color colour = s_colours[drivers.IndexOf(row.Driver) % s_colours.Length];
                chart.AddItem(Markup.Escape($"{row.Driver} {row.Size}"), Math.Round(row.MegabytesPerSecond, 1), colour);
            }

            printer.WriteChart(chart);
        }
    }
}
