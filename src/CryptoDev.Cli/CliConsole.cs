using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Cli;

/// <summary>
/// The three standard streams of a run and their properties. Everything that a command reads or writes, except files, goes through here, so
/// that tests can replace it.
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

    /// <summary>The raw input.</summary>
    public Stream Input { get; }

    /// <summary>The raw output. A command uses this or <see cref="Out"/>, never both.</summary>
    public Stream Output { get; }

    /// <summary>The text output, UTF-8 without a byte order mark.</summary>
    public StreamWriter Out { get; }

    /// <summary>The stream for messages.</summary>
    public StreamWriter Error { get; }

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

    /// <summary>Frees the writers without another flush: <see cref="Finish"/> has already reported write errors.</summary>
    public void Dispose() => Error.Dispose();
}
