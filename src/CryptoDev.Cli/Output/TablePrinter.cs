using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CryptoDev.Cli.Output;

/// <summary>
/// Prints tables and charts on stdout. A terminal gets lines and colours. Other outputs get plain columns that are never wrapped, so that
/// grep and awk work.
/// </summary>
internal sealed class TablePrinter
{
    /// <summary>Without a terminal, this width is large enough that nothing wraps.</summary>
    private const int NoWrap = 4096;

    /// <summary>The width of charts without a terminal. On a terminal they use its width.</summary>
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

    /// <summary>Makes a table with these columns. A name that starts with '#' is a column of numbers.</summary>
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

    /// <summary>Prints a heading above a table or list.</summary>
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

    /// <summary>Spectre pads lines to the width of their table. Remove the trailing spaces again.</summary>
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
