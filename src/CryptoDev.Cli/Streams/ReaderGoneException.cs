namespace CryptoDev.Cli.Streams;

/// <summary>
/// Nobody reads the output any more: the pipe or connection is closed. No IOException, so that no handler of file errors takes it for one:
/// it ends every command quietly.
/// </summary>
internal sealed class ReaderGoneException() : Exception("Broken pipe");
