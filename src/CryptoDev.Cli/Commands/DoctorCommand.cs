using System.CommandLine;
using CryptoDev.Cli.Output;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary>
/// <c>cryptodev doctor</c>: lists what every rung offers on this machine, the reason for what is missing, and how to fix it.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create(CliConsole console)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "doctor",
            "Say for every rung, algorithm and key operation whether it is available here, and if not, why and what to do."
        )
        {
            json,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            using CryptoDevice device = DeviceChoice.Open(parsed);
            AvailabilityReport report = device.GetAvailability();
            List<KeyFeatureRow> keys = KeyAvailabilities.Rows(device.GetKeyFeatures());
            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(
                    console,
                    new DoctorDocument(Availability.Rungs(report), [.. report.Algorithms.Select(Availability.Row)], keys, report.Notes),
                    JsonDocuments.Default.DoctorDocument
                );
            }
            else
            {
                Print(console, report, keys);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static void Print(CliConsole console, AvailabilityReport report, List<KeyFeatureRow> keys)
    {
        TablePrinter printer = new(console);
        Table table = printer.Begin("driver", "algorithm", "state", "kind", "kernel driver", "reason and cure");
        foreach (RungAvailability rung in report.Rungs)
        {
            // If a whole rung is missing, it is reported once. Repeating it for every algorithm would hide the rest.
            foreach (AlgorithmAvailability row in report.Algorithms.Where(row => row.Driver == rung.Rung && rung.IsAvailable))
            {
                table.AddRow(
                    TablePrinter.Cell(row.Driver),
                    TablePrinter.Cell(row.Algorithm.Name),
                    TablePrinter.Cell(row.IsAvailable ? "available" : "absent", row.IsAvailable ? TablePrinter.Good : TablePrinter.Bad),
                    TablePrinter.Cell(row.Kind is { } kind ? Words.Of(kind) : "-"),
                    TablePrinter.Cell(row.KernelDriver ?? "-"),
                    TablePrinter.Cell(Availability.Sentence(row.Reason, row.Cure))
                );
            }
        }

        printer.Write(table);
        printer.Heading("Key operations");
        HashSet<string> absent = [.. report.Rungs.Where(rung => !rung.IsAvailable).Select(rung => rung.Rung)];
        KeyAvailabilities.Print(printer, keys.Where(row => row.Reason != KeyAvailabilities.NoKeyDriver && !absent.Contains(row.Driver)));
        printer.Heading("Summary");
        Availability.PrintRungs(printer, Availability.Rungs(report));
        Availability.PrintNotes(printer, report.Notes);
    }
}
