using Spectre.Console;

namespace CryptoDev.Cli.Output;

/// <summary>The availability report as rows for doctor and check.</summary>
internal static class Availability
{
    public static List<RungRow> Rungs(AvailabilityReport report) =>
        [
            .. report.Rungs.Select(rung =>
            {
                List<AlgorithmAvailability> asked = [.. report.Algorithms.Where(row => row.Driver == rung.Rung)];
                return new RungRow(rung.Rung, rung.IsAvailable, asked.Count(row => row.IsAvailable), asked.Count, rung.Reason, rung.Cure);
            }),
        ];

    public static AvailabilityRow Row(AlgorithmAvailability row) =>
        new(
            row.Driver,
            row.Algorithm.Name,
            row.IsAvailable,
            row.Kind is { } kind ? Words.Of(kind) : null,
            row.KernelDriver,
            row.Reason,
            row.Cure
        );

    /// <summary>Prints one line per rung: "serves N of M", or the reason why it does not.</summary>
    public static void PrintRungs(TablePrinter printer, IReadOnlyList<RungRow> rungs)
    {
        Table table = printer.Begin("rung", "state", "#algorithms", "reason and cure");
        foreach (RungRow rung in rungs)
        {
            table.AddRow(
                TablePrinter.Cell(rung.Rung),
                TablePrinter.Cell(rung.Available ? "available" : "absent", rung.Available ? TablePrinter.Good : TablePrinter.Bad),
                TablePrinter.Cell($"{rung.Served} of {rung.Total}"),
                TablePrinter.Cell(Sentence(rung.Reason, rung.Cure))
            );
        }

        printer.Write(table);
    }

    public static void PrintNotes(TablePrinter printer, IReadOnlyList<string> notes)
    {
        if (notes.Count > 0)
        {
            printer.Heading("Notes");
            foreach (string note in notes)
            {
                printer.Line($"- {note}");
            }
        }
    }

    /// <summary>The reason, and how to fix it.</summary>
    public static string Sentence(string? reason, string? cure) =>
        string.Join(' ', new[] { Closed(reason), Closed(cure) is { } remedy ? $"Cure: {remedy}" : null }.Where(part => part is not null));

    private static string? Closed(string? sentence) =>
        string.IsNullOrWhiteSpace(sentence) ? null
        : sentence.EndsWith('.') ? sentence
        : sentence + ".";
}
