using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Cli.Check;
using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev check</c>: checks that every driver computes the right results. This is the main purpose of the command.</summary>
internal static class CheckCommand
{
    private const double StandardSeconds = 30;

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string[]> driver = new("--driver")
        {
            HelpName = "DRIVER",
            Description =
                "Check these only: a rung with all behind it (af_alg), or one driver (af_alg:KERNEL-DRIVER). May be repeated "
                + "or separated by commas.",
        };
        Option<double> seconds = CommonOptions.Seconds(
            StandardSeconds,
            "Time for the random messages, shared by all pairs of driver and algorithm."
        );
        Option<string?> seed = new("--seed")
        {
            HelpName = "S",
            Description = "Repeat the random messages of the run that printed this seed.",
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "check",
            "Check every driver found against published vectors and, byte for byte, against the software driver."
        )
        {
            driver,
            seconds,
            seed,
            json,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            double time = parsed.GetValue(seconds);
            CommonOptions.CheckSeconds(time);
            CheckDocument document = Run(
                parsed,
                console,
                DriverChoice.Names(parsed.GetValue(driver)),
                time,
                ParseSeed(parsed.GetValue(seed)),
                stop
            );
            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(console, document, JsonDocuments.Default.CheckDocument);
            }
            else
            {
                CheckPrinter.Print(console, document);
            }

            return document.Agree ? ExitCode.Fine : ExitCode.Different;
        });
        return command;
    }

    private static CheckDocument Run(
        ParseResult parsed,
        CliConsole console,
        List<string> names,
        double seconds,
        ulong seed,
        CancellationToken stop
    )
    {
        using CryptoDevice device = DeviceChoice.Open(parsed);
        CheckRunner runner = new(device, TimeSpan.FromSeconds(seconds), seed, stop);
        List<CheckPair> pairs = runner.FindPairs(names);
        List<KeyCheckPair> keyPairs = runner.FindKeyPairs(names);
        AvailabilityReport report = device.GetAvailability();
        if (pairs.Count + keyPairs.Count == 0)
        {
            throw new CliException(
                ExitCode.NotAvailable,
                $"{(names.Count == 0 ? "no driver" : string.Join(", ", names))} serves anything here; 'cryptodev doctor' says why."
            );
        }

        ProgressMeter.Run(console, "checking", progress => runner.Run(pairs, keyPairs, progress));
        return new CheckDocument(
            seed,
            seconds,
            pairs.TrueForAll(pair => pair.Failure is null) && keyPairs.TrueForAll(pair => pair.Failure is null),
            [.. pairs.Select(Row)],
            [.. keyPairs.Select(Row)],
            Availability.Rungs(report),
            [.. report.Algorithms.Where(row => !row.IsAvailable).Select(Availability.Row)],
            [.. KeyAvailabilities.Rows(device.GetKeyFeatures()).Where(row => !row.Available)],
            report.Notes
        );
    }

    private static CheckRow Row(CheckPair pair) =>
        new(
            pair.Driver,
            pair.Subject.Name,
            pair.Runner is { } runner ? Words.Of(runner.Kind) : null,
            pair.Runner?.KernelDriver,
            pair.Runner?.PciAddress,
            pair.KnownAnswers,
            pair.Messages,
            pair.Bytes,
            pair.Reference,
            pair.Failure is null ? "ok" : "failed",
            pair.Failure
        );

    private static KeyCheckRow Row(KeyCheckPair pair) =>
        new(
            pair.Driver,
            pair.Operation.ToString(),
            pair.Runner is { } runner ? Words.Of(runner.Kind) : null,
            pair.Runner?.KernelDriver,
            pair.Runner?.PciAddress,
            pair.KnownAnswers,
            pair.Operations,
            KeyCheck.Reference,
            pair.Failure is null ? "ok" : "failed",
            pair.Failure
        );

    private static ulong ParseSeed(string? text)
    {
        if (text is null)
        {
            Span<byte> random = stackalloc byte[sizeof(uint)];
            RandomNumberGenerator.Fill(random);
            return BitConverter.ToUInt32(random);
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw CliException.Usage($"--seed takes a whole number from 0 up, as check prints it; '{text}' was given.");
    }
}
