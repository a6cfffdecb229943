using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CryptoDev.Cli.Output;

/// <summary>
/// Tables and charts on stdout. Lines and colours on a terminal; elsewhere plain columns that are never wrapped, so that grep and awk work.
/// </summary>
internal sealed class TablePrinter
{
    /// <summary>Wide enough that nothing wraps where there is no terminal to fit into.</summary>
    private const int NoWrap = 4096;

    /// <summary>Charts grow to the width; without a terminal they keep to this.</summary>
    private const int ChartWidth = 100;

    private readonly CliConsole _console;
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly IAnsiConsole _ansi;

    public TablePrinter(CliConsole console)
    {
        _console = console;
        bool colour = console.OutputIsTerminal && console.MayColour;
        _ansi = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(_text),
                Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        _ansi.Profile.Width = console.OutputIsTerminal ? console.Width ?? 80 : NoWrap;
    }

    public static Style Good { get; } = new(Color.Green);

    public static Style Bad { get; } = new(Color.Red);

    /// <summary>A table with these columns; a name that starts with '#' is a column of numbers.</summary>
    public Table Begin(params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = _console.OutputIsTerminal ? TableBorder.Simple : TableBorder.None };
        foreach (string column in columns)
        {
            bool number = column.StartsWith('#');
            TableColumn header = new(new Text(number ? column[1..] : column))
            {
                NoWrap = number || !_console.OutputIsTerminal,
                Padding = new Padding(0, 0, 1, 0),
            };
            table.AddColumn(number ? header.RightAligned() : header);
        }

        return table;
    }

    public static Text Cell(string? text, Style? style = null) => new(text ?? string.Empty, style);

    public void Write(Table table)
    {
        if (table.Rows.Count > 0)
        {
            Print(table);
        }
    }

    public void WriteChart(BarChart chart)
    {
        chart.Width = Math.Min(_ansi.Profile.Width, ChartWidth);
        Print(chart);
    }

    public void Line(string text = "") => _console.Out.WriteLine(text);

    /// <summary>A heading above a table or list.</summary>
    public void Heading(string text)
    {
        Line();
        if (_console.OutputIsTerminal)
        {
            Print(new Text(text + "\n", new Style(decoration: Decoration.Bold)));
        }
        else
        {
            Line(text);
        }
    }

    /// <summary>Spectre fills lines to the width of their table; the spaces at their ends are taken off again.</summary>
    private void Print(IRenderable what)
    {
        _ansi.Write(what);
        StringBuilder text = _text.GetStringBuilder();
        foreach (ReadOnlySpan<char> line in text.ToString().AsSpan().TrimEnd('\n').EnumerateLines())
        {
            _console.Out.WriteLine(line.TrimEnd());
        }

        text.Clear();
    }
}
