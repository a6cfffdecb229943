using System.CommandLine;
using System.Security.Cryptography;
using CryptoDev.Cli.Output;
using CryptoDev.Cli.Speed;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev speed</c>: measures the speed of each driver, by message size.</summary>
internal static class SpeedCommand
{
    private const double StandardSeconds = 0.5;
    private const int LongestMessage = 1 << 28;
    private const int MostInFlight = 256;
    private static readonly string[] s_standardAlgorithms = ["aes-cbc", "aes-gcm", "sha256", "hmac-sha256"];
    private static readonly string[] s_standardSizes = ["64", "1K", "16K", "64K"];

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string[]> algorithm = new("--algorithm", "-a")
        {
            HelpName = "ALG",
            AllowMultipleArgumentsPerToken = true,
            Description =
                $"Algorithms, in any spelling ({string.Join(", ", s_standardAlgorithms)} unless told), and key operations with their "
                + "bits, such as modexp-2048: {KeySpeedSubject.Kinds}.",
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
            Description =
                "Drivers to compare: software, af_alg, af_alg:KERNEL-DRIVER (every rung, and every hardware driver, unless told).",
        };
        Option<int[]> inFlight = new("--in-flight")
        {
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
            Description = "Key operations under way at once, each on a thread of its own (1 unless told).",
        };
        Option<double> seconds = CommonOptions.Seconds(StandardSeconds, "Seconds per measurement.");
        Option<bool> json = CommonOptions.Json();
        Command command = new("speed", "Measure operations and megabytes per second, latency and CPU share per driver and message size.")
        {
            algorithm,
            size,
            driver,
            inFlight,
            seconds,
            json,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            CommonOptions.CheckSeconds(parsed.GetValue(seconds));
            using CryptoDevice device = DeviceChoice.Open(parsed);
            IReadOnlyList<string> names = OrStandard(parsed.GetValue(algorithm), s_standardAlgorithms);
            List<string> drivers = DriverChoice.Names(parsed.GetValue(driver));
            IReadOnlyList<int> counts = ParseInFlight(parsed.GetValue(inFlight), names);
            List<SpeedTask> tasks =
            [
                .. from name in names.Where(name => KeySpeedSubject.Parse(name) is null)
                from one in Drivers(device, drivers)
                from length in OrStandard(parsed.GetValue(size), s_standardSizes).Select(ParseSize)
                select new SpeedTask(name, CommonOptions.ParseAlgorithm(name), one, length),
            ];
            KeySpeed keys = new(device, parsed.GetValue(seconds), stop);
            List<KeySpeedTask> keyTasks =
            [
                .. from subject in names.Select(KeySpeedSubject.Parse).OfType<KeySpeedSubject>()
                from one in keys.Drivers(subject, drivers)
                from count in counts
                select new KeySpeedTask(subject, one, count),
            ];
            SpeedDocument document = Measure(console, device, tasks, keys, keyTasks, parsed.GetValue(seconds), stop);
            if (document.Measurements.Count + document.KeyMeasurements.Count == 0)
            {
                throw new CliException(
                    ExitCode.NotAvailable,
                    $"nothing could be measured: "
                        + (document.Absent is [{ } first, ..] ? $"{first.Driver} {first.Algorithm}: {first.Reason}" : "no driver has it")
                );
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

    /// <summary>The rungs and their hardware drivers. CPU drivers of a rung are measured only if named.</summary>
    private static IEnumerable<string> Drivers(CryptoDevice device, List<string> named) =>
        named.Count > 0
            ? named
            : device
                .GetDrivers()
                .Where(driver => driver.Name == driver.Rung || driver.Kind == DriverKind.Hardware)
                .Select(driver => driver.Name);

    private static int ParseSize(string text)
    {
        long size = CommonOptions.ParseSize("--size", text);
        return size is > 0 and <= LongestMessage
            ? (int)size
            : throw CliException.Usage($"--size takes 1 to {LongestMessage} bytes; {size} were given.");
    }

    private static IReadOnlyList<int> ParseInFlight(int[]? given, IReadOnlyList<string> names)
    {
        if (given is not { Length: > 0 })
        {
            return [1];
        }

        if (names.FirstOrDefault(name => KeySpeedSubject.Parse(name) is null) is { } other)
        {
            throw CliException.Usage($"--in-flight is for key operations ({KeySpeedSubject.Kinds}); '{other}' is none.");
        }

        int wrong = Array.FindIndex(given, count => count is < 1 or > MostInFlight);
        return wrong < 0 ? given : throw CliException.Usage($"--in-flight takes 1 to {MostInFlight}; {given[wrong]} was given.");
    }

    private static SpeedDocument Measure(
        CliConsole console,
        CryptoDevice device,
        List<SpeedTask> tasks,
        KeySpeed keys,
        List<KeySpeedTask> keyTasks,
        double seconds,
        CancellationToken stop
    )
    {
        List<SpeedRow> rows = [];
        List<SpeedAbsence> absent = [];
        ProgressMeter.Run(
            console,
            "measuring",
            progress =>
            {
                for (int i = 0; i < tasks.Count; i++)
                {
                    Measure(device, tasks[i], seconds, rows, absent, stop);
                    progress((i + 1.0) / (tasks.Count + keyTasks.Count));
                }

                for (int i = 0; i < keyTasks.Count; i++)
                {
                    keys.Measure(keyTasks[i].Subject, keyTasks[i].Driver, keyTasks[i].InFlight);
                    progress((tasks.Count + i + 1.0) / (tasks.Count + keyTasks.Count));
                }
            }
        );
        return new SpeedDocument(seconds, rows, keys.Rows, [.. absent.Concat(keys.Absent).Distinct()]);
    }

    private static void Measure(
        CryptoDevice device,
        SpeedTask task,
        double seconds,
        List<SpeedRow> rows,
        List<SpeedAbsence> absent,
        CancellationToken stop
    )
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
            rows.Add(
                new SpeedRow(
                    task.Driver,
                    task.Spelling,
                    Words.Of(session.Driver.Kind),
                    session.Driver.KernelDriver,
                    task.Size,
                    result.Operations,
                    Math.Round(result.OperationsPerSecond, 1),
                    Math.Round(result.OperationsPerSecond * task.Size / 1e6, 3),
                    Math.Round(result.P50Microseconds, 3),
                    Math.Round(result.P99Microseconds, 3),
                    Math.Round(result.CpuShare, 3)
                )
            );
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

    private sealed record KeySpeedTask(KeySpeedSubject Subject, string Driver, int InFlight);

    private sealed record SpeedTask(string Spelling, (CryptoAlgorithm Algorithm, int KeyLength) Algorithm, string Driver, int Size);
}
