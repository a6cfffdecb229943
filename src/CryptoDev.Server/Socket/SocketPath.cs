using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>The place of a socket in the file system.</summary>
internal static class SocketPath
{
    /// <summary>Listens there. What a server left that is gone is taken away; what is served, or is no socket, is not.</summary>
    /// <exception cref="FrontEndException">It cannot be.</exception>
    public static SafeFileDescriptorHandle Listen(string path)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > LocalSocket.LongestPath)
        {
            throw new FrontEndException(
                FrontEndFailure.Usage,
                $"a socket's path has 1 to {LocalSocket.LongestPath} bytes; '{path}' has {Encoding.UTF8.GetByteCount(path)}."
            );
        }

        SafeFileDescriptorHandle? listener = LocalSocket.Listen(path, out Errno error);
        if (listener is null && error.Number == LibC.EADDRINUSE)
        {
            using SafeFileDescriptorHandle? other = LocalSocket.Connect(path, out Errno refusal);
            if (other is not null || refusal.Number != LibC.ECONNREFUSED || !IsSocket(path))
            {
                throw new FrontEndException(
                    FrontEndFailure.InputOutput,
                    $"{path} is in use: another server is there, or a file that is no socket; end or remove it, or serve another path."
                );
            }

            Remove(path);
            listener = LocalSocket.Listen(path, out error);
        }

        return listener ?? throw new FrontEndException(FrontEndFailure.InputOutput, $"{path} cannot be served: {error}.");
    }

    // open(2) knows: of all that stands in a file system only a socket is ENXIO with these flags. connect(2) refuses plain files in the
    // same words as a dead socket.
    private static bool IsSocket(string path)
    {
        using SafeFileDescriptorHandle? opened = SafeFileDescriptorHandle.OpenFile(path, LibC.O_RDONLY | LibC.O_NONBLOCK, out Errno error);
        return opened is null && error.Number == LibC.ENXIO;
    }

    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FrontEndException(FrontEndFailure.InputOutput, $"{path} cannot be removed: {error.Message}", error);
        }
    }
}
