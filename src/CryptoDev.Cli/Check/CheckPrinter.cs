using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Check;

/// <summary>Prints the report of check as text.</summary>
internal static class CheckPrinter
{
    public static void Print(CliConsole console, CheckDocument document)
    {
        TablePrinter printer = new(console);
        PrintPairs(printer, document.Pairs);
        PrintKeyOperations(printer, document.KeyOperations);
        PrintFailures(printer, document);
        PrintAbsences(printer, document);
        printer.Heading("Rungs");
        Availability.PrintRungs(printer, document.Rungs);
        Availability.PrintNotes(printer, document.Notes);
        int failed = document.Pairs.Count(row => row.Verdict != "ok") + document.KeyOperations.Count(row => row.Verdict != "ok");
        string keys = document.KeyOperations.Count > 0 ? $" and {document.KeyOperations.Count} of driver and key operation" : string.Empty;
        printer.Line();
        printer.Line(
            $"{document.Pairs.Count} pairs of driver and algorithm{keys}, {(failed == 0 ? "all agree" : $"{failed} FAILED")}; seed "
                + $"{document.Seed}."
        );
    }

    private static void PrintPairs(TablePrinter printer, IReadOnlyList<CheckRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Table table = printer.Begin(
            "driver",
            "algorithm",
            "kind",
            "kernel driver",
            "#vectors",
            "#messages",
            "#bytes",
            "compared with",
            "verdict"
        );
        foreach (CheckRow row in rows)
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
                TablePrinter.Cell(good ? "ok" : "FAILED", good ? TablePrinter.Good : TablePrinter.Bad)
            );
        }

        printer.Write(table);
    }

    private static void PrintKeyOperations(TablePrinter printer, IReadOnlyList<KeyCheckRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        printer.Heading("Key operations");
        Table table = printer.Begin("driver", "operation", "kind", "kernel driver", "#vectors", "#operations", "compared with", "verdict");
        foreach (KeyCheckRow row in rows)
        {
            bool good = row.Verdict == "ok";
            table.AddRow(
                TablePrinter.Cell(row.Driver),
                TablePrinter.Cell(row.Operation),
                TablePrinter.Cell(row.Kind ?? "-", row.Kind == "hardware" ? TablePrinter.Good : null),
                TablePrinter.Cell(row.PciAddress is { } address ? $"{row.KernelDriver} at {address}" : row.KernelDriver ?? "-"),
                TablePrinter.Cell($"{row.KnownAnswers}"),
                TablePrinter.Cell(Words.Count(row.Operations)),
                TablePrinter.Cell(row.Reference),
                TablePrinter.Cell(good ? "ok" : "FAILED", good ? TablePrinter.Good : TablePrinter.Bad)
            );
        }

        printer.Write(table);
    }

    private static void PrintFailures(TablePrinter printer, CheckDocument document)
    {
        List<string> failed =
        [
            .. document.Pairs.Where(row => row.Verdict != "ok").Select(row => $"{row.Driver} {row.Algorithm}: {row.Detail}"),
            .. document.KeyOperations.Where(row => row.Verdict != "ok").Select(row => $"{row.Driver} {row.Operation}: {row.Detail}"),
        ];
        if (failed.Count == 0)
        {
            return;
        }

        printer.Heading("Failures");
        foreach (string line in failed)
        {
            printer.Line($"- {line}");
        }
    }

    /// <summary>Groups the absences by reason: a rung often lacks a dozen algorithms for the same reason.</summary>
    private static void PrintAbsences(TablePrinter printer, CheckDocument document)
    {
        HashSet<string> present = [.. document.Rungs.Where(rung => rung.Available).Select(rung => rung.Rung)];
        List<IGrouping<(string Driver, string Reason), AvailabilityRow>> groups =
        [
            .. document
                .Absent.Where(row => present.Contains(row.Driver))
                .GroupBy(row => (row.Driver, Availability.Sentence(row.Reason, row.Cure))),
        ];
        HashSet<string> absent = [.. document.Rungs.Where(rung => !rung.Available).Select(rung => rung.Rung)];
        List<IGrouping<(string Driver, string Reason), KeyFeatureRow>> keyGroups =
        [
            .. document
                .AbsentKeyOperations.Where(row => row.Reason != KeyAvailabilities.NoKeyDriver && !absent.Contains(row.Driver))
                .GroupBy(row => (row.Driver, Availability.Sentence(row.Reason, row.Cure))),
        ];
        if (groups.Count + keyGroups.Count == 0)
        {
            return;
        }

        printer.Heading("Not served");
        foreach (IGrouping<(string Driver, string Reason), AvailabilityRow> group in groups)
        {
            printer.Line($"- {group.Key.Driver}: {string.Join(", ", group.Select(row => row.Algorithm))}: {group.Key.Reason}");
        }

        foreach (IGrouping<(string Driver, string Reason), KeyFeatureRow> group in keyGroups)
        {
            printer.Line($"- {group.Key.Driver}: {string.Join(", ", group.Select(row => row.Operation))}: {group.Key.Reason}");
        }
    }
}
