using CryptoDev.Cli.Output;
using CryptoDev.Cli.Streams;
using CryptoDev.Native;

namespace CryptoDev.Cli;

/// <summary>
/// The three standard streams of a run and their properties. Everything that a command reads or writes, except files, goes through here, so
/// that tests can replace it.
/// </summary>
internal sealed class CliConsole : IDisposable
{
    public CliConsole(Stream input, Stream output, Stream error)
    {
        Input = input;
        Output = output;
        Out = new ByteTextWriter(output);
        Error = new ByteTextWriter(error) { AutoFlush = true };
    }

    /// <summary>The raw input.</summary>
    public Stream Input { get; }

    /// <summary>The raw output. A command uses this or <see cref="Out"/>, never both.</summary>
    public Stream Output { get; }

    /// <summary>The text output, UTF-8 without a byte order mark.</summary>
    public ByteTextWriter Out { get; }

    /// <summary>The stream for messages.</summary>
    public ByteTextWriter Error { get; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether a terminal may show colours: NO_COLOR (no-color.org) is not set.</summary>
    public bool MayColour { get; init; } = true;

    /// <summary>
    /// Ends the process at once with an exit code, no matter what its threads do. In a test, which has no process of its own, it does
    /// nothing.
    /// </summary>
    public Action<int> Leave { get; init; } = static _ => { };

    /// <summary>The columns of the terminal, or null.</summary>
    public int? Width { get; init; }

    /// <summary>The files under a temporary name, which <see cref="Abandon"/> removes.</summary>
    public UnfinishedFiles Unfinished { get; } = new();

    /// <summary>Whether the command sees to it itself that it ends soon after a signal.</summary>
    public bool EndsItself { get; set; }

    public static CliConsole OfProcess(CancellationToken stop)
    {
        bool[] closed = StandardStreams.FillClosed();
        bool terminal = !closed[1] && !Console.IsOutputRedirected;
        CliConsole console = new(
            StandardStreams.Input(closed[0], stop),
            StandardStreams.Output(closed[1], stop),
            StandardStreams.Error(closed[2], stop)
        )
        {
            OutputIsTerminal = terminal,
            Leave = LibC._exit,
            ErrorIsTerminal = !closed[2] && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            MayColour =
                string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") != "dumb",
            Width = terminal && Console.WindowWidth > 0 ? Console.WindowWidth : null,
        };
        console.Out.AutoFlush = terminal;
        return console;
    }

    /// <summary>Writes one sentence to stderr, in the usual form of a Unix command.</summary>
    public void Complain(string sentence) => Error.WriteLine($"cryptodev: {sentence}");

    /// <summary>Flushes the buffers. A full disk may be noticed only here.</summary>
    public void Finish()
    {
        try
        {
            Out.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.InputOutput, $"standard output: {ErrorText.OfFile(error)}", error);
        }
    }

    /// <summary>Ends the process at once, whatever it is doing, and leaves no unfinished file. Callable from any thread.</summary>
    public void Abandon(int exitCode)
    {
        Unfinished.Remove();
        Leave(exitCode);
    }

    /// <summary>Frees the writers without another flush: <see cref="Finish"/> has already reported write errors.</summary>
    public void Dispose()
    {
        Error.Dispose();
        Input.Dispose();
    }
}
