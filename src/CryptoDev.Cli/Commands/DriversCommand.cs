using System.CommandLine;
using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev drivers</c>: one row per driver found.</summary>
internal static class DriversCommand
{
    public static Command Create(CliConsole console)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "drivers",
            "List the drivers of this machine: rungs of the ladder, and behind each what can be pinned by name."
        )
        {
            json,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            using CryptoDevice device = DeviceChoice.Open(parsed);
            List<DriverRow> rows = [.. device.GetDrivers().Select(Row)];
            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(console, new DriversDocument(rows), JsonDocuments.Default.DriversDocument);
            }
            else
            {
                Print(console, rows);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static DriverRow Row(DriverInfo driver) =>
        new(
            driver.Name,
            driver.Rung,
            Words.Of(driver.Kind),
            driver.Implementation,
            driver.KernelDriver,
            driver.KernelAlgorithm,
            driver.Module,
            driver.Priority,
            driver.PciAddress,
            driver.IsInProcess,
            [.. driver.Algorithms.Select(algorithm => algorithm.Name)]
        );

    private static void Print(CliConsole console, List<DriverRow> rows)
    {
        TablePrinter printer = new(console);
        Table table = printer.Begin(
            "driver",
            "kind",
            "implementation",
            "kernel algorithm",
            "#priority",
            "module",
            "PCI device",
            "algorithms"
        );
        foreach (DriverRow row in rows)
        {
            table.AddRow(
                TablePrinter.Cell(row.Name),
                TablePrinter.Cell(row.Kind, row.Kind == "hardware" ? TablePrinter.Good : null),
                TablePrinter.Cell(row.Implementation ?? "-"),
                TablePrinter.Cell(row.KernelAlgorithm ?? "-"),
                TablePrinter.Cell(row.Priority is { } priority ? $"{priority}" : "-"),
                TablePrinter.Cell(row.Module ?? "-"),
                TablePrinter.Cell(row.PciAddress ?? "-"),
                TablePrinter.Cell(Algorithms(console, row))
            );
        }

        printer.Write(table);
    }

    /// <summary>A rung serves dozens of algorithms. A terminal shows their number, a pipe gets all names.</summary>
    private static string Algorithms(CliConsole console, DriverRow row) =>
        row.Algorithms.Count > 4 && console.OutputIsTerminal ? $"{row.Algorithms.Count} (doctor lists them)"
        : row.Algorithms.Count > 0 ? string.Join(' ', row.Algorithms)
        : "-";
}
