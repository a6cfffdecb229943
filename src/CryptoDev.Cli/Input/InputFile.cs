namespace CryptoDev.Cli.Input;

/// <summary>Opens files for reading. Errors name the file.</summary>
internal static class InputFile
{
    /// <summary>
    /// Opens a file for one sequential read. No buffer is used, because the pieces read are larger than any buffer would be.
    /// </summary>
    public static FileStream Open(string path)
    {
        // .NET reports "access denied" for a directory, so users would look for wrong permissions.
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
    /// The standard input for null and '-', otherwise the file. Dispose only a stream that <see cref="Open"/> opened, and not the
    /// console's.
    /// </summary>
    public static Stream OpenOrStandard(CliConsole console, string? path) => path is null or "-" ? console.Input : Open(path);
}
