using System.Globalization;
using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Speed;

/// <summary>Prints the report of speed as text: a table, and a bar chart per algorithm.</summary>
internal static class SpeedPrinter
{
    private static readonly Color[] s_colours = [Color.Green, Color.Blue, Color.Yellow, Color.Aqua, Color.Fuchsia, Color.Red];

    public static void Print(CliConsole console, SpeedDocument document)
    {
        TablePrinter printer = new(console);
        if (document.Measurements.Count > 0)
        {
            PrintMessages(printer, document);
            PrintCharts(printer, document);
        }

        if (document.KeyMeasurements.Count > 0)
        {
            PrintKeyOperations(printer, document.KeyMeasurements);
        }

        foreach (SpeedAbsence absence in document.Absent)
        {
            printer.Line($"not measured: {absence.Driver} {absence.Algorithm}: {absence.Reason}");
        }
    }

    private static void PrintMessages(TablePrinter printer, SpeedDocument document)
    {
        Table table = printer.Begin(
            "algorithm",
            "driver",
            "kind",
            "kernel driver",
            "#size",
            "#ops/s",
            "#MB/s",
            "#p50 us",
            "#p99 us",
            "#CPU"
        );
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
                TablePrinter.Cell(row.CpuShare.ToString("P0", CultureInfo.InvariantCulture))
            );
        }

        printer.Write(table);
    }

    private static void PrintKeyOperations(TablePrinter printer, IReadOnlyList<KeySpeedRow> rows)
    {
        Table table = printer.Begin("operation", "driver", "kind", "kernel driver", "#in flight", "#ops/s", "#p50 us", "#p99 us", "#CPU");
        foreach (KeySpeedRow row in rows)
        {
            table.AddRow(
                TablePrinter.Cell(row.Algorithm),
                TablePrinter.Cell(row.Driver),
                TablePrinter.Cell(row.Kind, row.Kind == "hardware" ? TablePrinter.Good : null),
                TablePrinter.Cell(row.KernelDriver ?? "-"),
                TablePrinter.Cell($"{row.InFlight}"),
                TablePrinter.Cell(Words.Number(row.OperationsPerSecond, 1)),
                TablePrinter.Cell(Words.Number(row.P50Microseconds, 1)),
                TablePrinter.Cell(Words.Number(row.P99Microseconds, 1)),
                TablePrinter.Cell(row.CpuShare.ToString("P0", CultureInfo.InvariantCulture))
            );
        }

        printer.Write(table);
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
