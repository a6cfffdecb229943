using System.CommandLine;
using CryptoDev.Cli.Output;
using CryptoDev.Ioctl;
using Spectre.Console;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev abi</c>: the ioctls, structs and numbers of a dialect, for programs of either word size.</summary>
internal static class AbiCommand
{
    public static Command Create(CliConsole console)
    {
        Option<string> dialect = new("--dialect")
        {
            HelpName = "NAME",
            Required = true,
            Description = $"Whose /dev/crypto: {string.Join(", ", DialectInfo.All.Select(known => known.Name))}.",
        };
        Option<int> bits = new("--bits")
        {
            HelpName = "64|32",
            Description = "The word size of the calling program.",
            DefaultValueFactory = _ => 64,
        };
        Option<bool> json = CommonOptions.Json();
        Command command = new(
            "abi",
            "Print a dialect's ioctls with request codes, the layout of every struct, and the numbers of its header."
        )
        {
            dialect,
            bits,
            json,
        };
        command.SetAction(parsed =>
        {
            DialectInfo chosen = DialectInfo.Parse(parsed.GetRequiredValue(dialect));
            AbiDocument document = Document(chosen, parsed.GetValue(bits));
            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(console, document, JsonDocuments.Default.AbiDocument);
            }
            else
            {
                Print(console, document);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static AbiDocument Document(DialectInfo dialect, int bits)
    {
        WordSize wordSize = bits switch
        {
            64 => WordSize.LP64,
            32 => WordSize.ILP32,
            _ => throw CliException.Usage($"--bits takes 64 or 32; {bits} was given."),
        };
        return new AbiDocument(
            dialect.Name,
            bits,
            [
                .. dialect
                    .Rows(wordSize)
                    .Select(row => new AbiLine(
                        row.Ioctl,
                        row.Ioctl.Length == 0 ? null : $"0x{row.Code:X8}",
                        row.Struct,
                        row.StructSize,
                        row.Field.Length == 0 ? null : row.Field,
                        row.Type,
                        row.Offset,
                        row.Size
                    )),
            ],
            [.. dialect.Ioctls.Where(ioctl => ioctl.Note.Length != 0).Select(ioctl => new AbiNote(ioctl.Name, ioctl.Note))],
            [.. dialect.Constants.Select(constant => new AbiConstant(constant.Name, constant.Value))]
        );
    }

    private static void Print(CliConsole console, AbiDocument document)
    {
        TablePrinter printer = new(console);
        Table fields = printer.Begin("ioctl", "request", "struct", "#bytes", "field", "type", "#offset", "#size");
        foreach (AbiLine line in document.Rows)
        {
            fields.AddRow(
                TablePrinter.Cell(line.Ioctl.Length == 0 ? "-" : line.Ioctl),
                TablePrinter.Cell(line.Request ?? "-"),
                TablePrinter.Cell(line.Struct),
                TablePrinter.Cell($"{line.StructSize}"),
                TablePrinter.Cell(line.Field ?? "-"),
                TablePrinter.Cell(line.Type),
                TablePrinter.Cell($"{line.Offset}"),
                TablePrinter.Cell($"{line.Size}")
            );
        }

        printer.Write(fields);
        printer.Heading("Notes");
        foreach (AbiNote note in document.Notes)
        {
            printer.Line($"- {note.Ioctl}: {note.Note}");
        }

        printer.Heading("Numbers");
        Table numbers = printer.Begin("name", "#value", "#hex");
        foreach (AbiConstant constant in document.Constants)
        {
            numbers.AddRow(
                TablePrinter.Cell(constant.Name),
                TablePrinter.Cell($"{constant.Value}"),
                TablePrinter.Cell($"0x{constant.Value:X}")
            );
        }

        printer.Write(numbers);
    }
}
