using Spectre.Console;

namespace CryptoDev.Cli.Output;

/// <summary>Which driver has which key operation, as rows that key features, doctor and check show.</summary>
internal static class KeyAvailabilities
{
    /// <summary>What a driver of sessions says; it would bury the rest.</summary>
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
