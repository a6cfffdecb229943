using CryptoDev.Cli.Names;
using CryptoDev.Cli.Streams;
using CryptoDev.Native;

namespace CryptoDev.Cli.Input;

/// <summary>Opens files for reading. Errors name the file.</summary>
internal static class InputFile
{
    /// <summary>Opens a file for one sequential read.</summary>
    public static DescriptorStream Open(string path, CancellationToken stop)
    {
        byte[] name = ByteText.ToName(path);
        SafeFileDescriptorHandle? file = WaitingOpen.Run(path, name, LibC.O_RDONLY, stop, out Errno error);
        if (file is null)
        {
            throw Failed(path, error);
        }

        // Opening a folder succeeds; only reading it fails.
        if (ByteFile.TryStatus(file, out statx status, out _) && (status.stx_mode & LibC.S_IFMT) == LibC.S_IFDIR)
        {
            file.Dispose();
            throw Failed(path, new Errno(LibC.EISDIR));
        }

        return new DescriptorStream(file, stop);
    }

    /// <summary>
    /// The standard input for null and '-', otherwise the file. Dispose only a stream that <see cref="Open"/> opened, and not the
    /// console's.
    /// </summary>
    public static Stream OpenOrStandard(CliConsole console, string? path, CancellationToken stop)
    {
        if (path is not (null or "-"))
        {
            return Open(path, stop);
        }

        return console.Input is ClosedStream closed ? throw closed.Closed() : console.Input;
    }

    public static CliException Failed(string path, Errno error) => new(ExitCode.InputOutput, $"{Quoted.Name(path)}: {error.Text}");
}
