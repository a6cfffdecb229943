using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Cli;

/// <summary>
/// The three streams of a run and what is known about them. Everything a command reads or writes beside files goes through here, so tests
/// inject it.
/// </summary>
internal sealed class CliConsole : IDisposable
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public CliConsole(Stream input, Stream output, Stream error)
    {
        Input = input;
        Output = output;
        Out = new StreamWriter(output, s_utf8, bufferSize: 16384, leaveOpen: true);
        Error = new StreamWriter(error, s_utf8, bufferSize: 1024, leaveOpen: true) { AutoFlush = true };
    }

    /// <summary>Raw bytes in.</summary>
    public Stream Input { get; }

    /// <summary>Raw bytes out. A command uses this or <see cref="Out"/>, never both.</summary>
    public Stream Output { get; }

    /// <summary>Text out, UTF-8 without a mark.</summary>
    public StreamWriter Out { get; }

    /// <summary>Messages.</summary>
    public StreamWriter Error { get; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are wanted where there is a terminal: NO_COLOR (no-color.org) is not set.</summary>
    public bool MayColour { get; init; } = true;

    /// <summary>
    /// Ends the process at once with an exit code, whatever its threads do; where this is not a process of its own, nothing.
    /// </summary>
    public Action<int> Leave { get; init; } = static _ => { };

    /// <summary>Columns of the terminal, or null.</summary>
    public int? Width { get; init; }

    public static CliConsole OfProcess()
    {
        bool terminal = !Console.IsOutputRedirected;
        CliConsole console = new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError())
        {
            OutputIsTerminal = terminal,
            Leave = LibC._exit,
            ErrorIsTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            MayColour =
                string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") != "dumb",
            Width = terminal && Console.WindowWidth > 0 ? Console.WindowWidth : null,
        };
        console.Out.AutoFlush = terminal;
        return console;
    }

    /// <summary>One sentence on stderr, as every Unix command says it.</summary>
    public void Complain(string sentence) => Error.WriteLine($"cryptodev: {sentence}");

    /// <summary>Sends what is buffered; a full disk may show only here.</summary>
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

    /// <summary>Frees the writers without a last flush: <see cref="Finish"/> has reported what could not be written.</summary>
    public void Dispose() => Error.Dispose();
}
