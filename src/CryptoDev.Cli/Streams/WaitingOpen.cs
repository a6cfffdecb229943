using CryptoDev.Native;

namespace CryptoDev.Cli.Streams;

/// <summary>
/// Opens files that may keep one waiting: a FIFO waits for its other end, a terminal for its line. Such an open is on a thread of its own,
/// which is left behind when the command is asked to stop.
/// </summary>
internal static class WaitingOpen
{
    /// <summary>Opens an existing file; null and the reason when the kernel refuses.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="name">The bytes of the name, with a zero byte at the end.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="error">The reason.</param>
    public static SafeFileDescriptorHandle? Run(string path, byte[] name, int flags, CancellationToken stop, out Errno error)
    {
        if (StandardStreams.ClosedBehind(path) is { } closed)
        {
            throw new CliException(ExitCode.InputOutput, $"{path}: {closed} is closed");
        }

        if (
            ByteFile.TryStatus(null, name, follow: true, out statx status, out _)
            && (status.stx_mode & LibC.S_IFMT) is LibC.S_IFREG or LibC.S_IFDIR
        )
        {
            return ByteFile.Open(null, name, flags, 0, out error);
        }

        TaskCompletionSource<(SafeFileDescriptorHandle? File, Errno Error)> opened = new();
        new Thread(() => opened.SetResult((ByteFile.Open(null, name, flags, 0, out Errno refused), refused)))
        {
            IsBackground = true,
            Name = "open",
        }.Start();
        opened.Task.Wait(stop);
        (SafeFileDescriptorHandle? file, error) = opened.Task.Result;
        return file;
    }
}
