using Spectre.Console;

namespace CryptoDev.Cli.Output;

/// <summary>The drivers' key operations, as rows for key features, doctor and check.</summary>
internal static class KeyAvailabilities
{
    /// <summary>The reason of a driver that only has sessions. It is left out, because it would hide the other reasons.</summary>
    public const string NoKeyDriver = "it has no key operations";

    public static List<KeyFeatureRow> Rows(KeyFeatures features) =>
        [
            .. features.Operations.Select(row => new KeyFeatureRow(
                row.Driver,
                row.Operation.ToString(),
                row.IsAvailable,
                features.ServedBy.GetValueOrDefault(row.Operation) == row.Driver,
                row.Kind is { } kind ? Words.Of(kind) : null,
                row.Reason,
                row.Cure
            )),
        ];

    public static void Print(TablePrinter printer, IEnumerable<KeyFeatureRow> rows)
    {
        Table table = printer.Begin("operation", "driver", "state", "kind", "reason and cure");
        foreach (KeyFeatureRow row in rows.OrderBy(row => Enum.Parse<KeyOperation>(row.Operation)))
        {
            table.AddRow(
                TablePrinter.Cell(row.Operation),
                TablePrinter.Cell(row.Driver),
                TablePrinter.Cell(
                    row.Default ? "default"
                        : row.Available ? "available"
                        : "absent",
                    row.Available ? TablePrinter.Good : TablePrinter.Bad
                ),
                TablePrinter.Cell(row.Kind ?? "-"),
                TablePrinter.Cell(Availability.Sentence(row.Reason, row.Cure))
            );
        }

        printer.Write(table);
    }
}
