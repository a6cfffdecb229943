namespace CryptoDev.Cli.Input;

/// <summary>Opens files for reading, naming the file in the error.</summary>
internal static class InputFile
{
    /// <summary>Opens for one pass from front to end. No buffer: the pieces read are larger than any buffer would be.</summary>
    public static FileStream Open(string path)
    {
        // .NET answers "access denied" for a directory, which sends people looking at permissions.
        if (Directory.Exists(path))
        {
            throw new CliException(ExitCode.InputOutput, $"{path}: Is a directory");
        }

        try
        {
            return new FileStream(
                path,
                new FileStreamOptions
                {
                    Access = FileAccess.Read,
                    Mode = FileMode.Open,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    BufferSize = 0,
                    Options = FileOptions.SequentialScan,
                }
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.InputOutput, $"{(path.Length == 0 ? "''" : path)}: {ErrorText.OfFile(error)}", error);
        }
    }

    /// <summary>
    /// The standard input for null and '-', else the file. Dispose only what <see cref="Open"/> opened: a stream that is not the console's.
    /// </summary>
    public static Stream OpenOrStandard(CliConsole console, string? path) => path is null or "-" ? console.Input : Open(path);
}
