using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Cli.Check;
using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev check</c>: does every driver compute what it should. The main job.</summary>
internal static class CheckCommand
{
    private const double StandardSeconds = 30;

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string[]> driver = new("--driver")
        {
            HelpName = "DRIVER",
            Description = "Check these only: a rung with all behind it (af_alg), or one driver (af_alg:KERNEL-DRIVER). May be repeated or separated by commas.",
        };
        Option<double> seconds = CommonOptions.Seconds(StandardSeconds, "Time for the random messages, shared by all pairs of driver and algorithm.");
        Option<string?> seed = new("--seed") { HelpName = "S", Description = "Repeat the random messages of the run that printed this seed." };
        Option<bool> json = CommonOptions.Json();
        Command command = new("check", "Check every driver found against published vectors and, byte for byte, against the software driver.") { driver, seconds, seed, json };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            double time = parsed.GetValue(seconds);
            CommonOptions.CheckSeconds(time);
            CheckDocument document = Run(parsed, console, DriverChoice.Names(parsed.GetValue(driver)), time, ParseSeed(parsed.GetValue(seed)), stop);
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

    private static CheckDocument Run(ParseResult parsed, CliConsole console, List<string> names, double seconds, ulong seed, CancellationToken stop)
    {
        using CryptoDevice device = DeviceChoice.Open(parsed);
        CheckRunner runner = new(device, TimeSpan.FromSeconds(seconds), seed, stop);
        List<CheckPair> pairs = runner.FindPairs(names);
        AvailabilityReport report = device.GetAvailability();
        if (pairs.Count == 0)
        {
            throw new CliException(
                ExitCode.NotAvailable, $"{(names.Count == 0 ? "no driver" : string.Join(", ", names))} serves any algorithm here; 'cryptodev doctor' says why.");
        }

        ProgressMeter.Run(console, "checking", progress => runner.Run(pairs, progress));
        return new CheckDocument(
            seed,
            seconds,
            pairs.TrueForAll(pair => pair.Failure is null),
            [.. pairs.Select(Row)],
            Availability.Rungs(report),
            [.. report.Algorithms.Where(row => !row.IsAvailable).Select(Availability.Row)],
            report.Notes);
    }

    private static CheckRow Row(CheckPair pair) => new(
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
        pair.Failure);

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

/// <summary>The report of check for people.</summary>
internal static class CheckPrinter
{
    public static void Print(CliConsole console, CheckDocument document)
    {
        TablePrinter printer = new(console);
        Table table = printer.Begin("driver", "algorithm", "kind", "kernel driver", "#vectors", "#messages", "#bytes", "compared with", "verdict");
        foreach (CheckRow row in document.Pairs)
        {
            bool good = row.Verdict == "ok";
            table.AddRow(
                TablePrinter.Cell(row.Driver),
                TablePrinter.Cell(row.Algorithm),
                TablePrinter.Cell(row.Kind ?? "-", row.Kind == "hardware" ? TablePrinter.Good : null),
                TablePrinter.Cell(row.PciAddress is { } address ? $"{row.KernelDriver} at {address}" : row.KernelDriver ?? "-"),
                TablePrinter.Cell($"{row.KnownAnswers}"),
                TablePrinter.Cell(Words.Count(row.Messages)),
                TablePrinter.Cell(Words.Count(row.Bytes)),
                TablePrinter.Cell(row.Reference),
                TablePrinter.Cell(good ? "ok" : "FAILED", good ? TablePrinter.Good : TablePrinter.Bad));
        }

        printer.Write(table);
        PrintFailures(printer, document);
        PrintAbsences(printer, document);
        printer.Heading("Rungs");
        Availability.PrintRungs(printer, document.Rungs);
        Availability.PrintNotes(printer, document.Notes);
        int failed = document.Pairs.Count(row => row.Verdict != "ok");
        printer.Line();
        printer.Line($"{document.Pairs.Count} pairs of driver and algorithm, {(failed == 0 ? "all agree" : $"{failed} FAILED")}; seed {document.Seed}.");
    }

    private static void PrintFailures(TablePrinter printer, CheckDocument document)
    {
        List<CheckRow> failed = [.. document.Pairs.Where(row => row.Verdict != "ok")];
        if (failed.Count == 0)
        {
            return;
        }

        printer.Heading("Failures");
        foreach (CheckRow row in failed)
        {
            printer.Line($"- {row.Driver} {row.Algorithm}: {row.Detail}");
        }
    }

    /// <summary>Grouped by reason: a rung lacks a dozen algorithms for the same one.</summary>
    private static void PrintAbsences(TablePrinter printer, CheckDocument document)
    {
        HashSet<string> present = [.. document.Rungs.Where(rung => rung.Available).Select(rung => rung.Rung)];
        List<IGrouping<(string Driver, string Reason), AvailabilityRow>> groups =
        [
            .. document.Absent.Where(row => present.Contains(row.Driver)).GroupBy(row => (row.Driver, Availability.Sentence(row.Reason, row.Cure))),
        ];
        if (groups.Count == 0)
        {
            return;
        }

        printer.Heading("Not served");
        foreach (IGrouping<(string Driver, string Reason), AvailabilityRow> group in groups)
        {
            printer.Line($"- {group.Key.Driver}: {string.Join(", ", group.Select(row => row.Algorithm))}: {group.Key.Reason}");
        }
    }
}
