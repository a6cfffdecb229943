namespace CryptoDev.Cli;

/// <summary>Ends a command with one sentence and an exit code.</summary>
internal sealed class CliException(int exitCode, string sentence, Exception? inner = null) : Exception(sentence, inner)
{
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string sentence) => new(Cli.ExitCode.Usage, sentence);
}
