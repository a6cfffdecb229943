using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Copies from and to addresses of this process that may be bad: the kernel does it, so that a bad one is an answer and not the end of the process. By process_vm_readv and
/// process_vm_writev; where a sandbox forbids those, through a pipe.
/// </summary>
internal static unsafe class OwnMemory
{
    private const int LongestPipePiece = 16 * 1024;

    private static readonly Lock s_pipeLock = new();
    private static (int Read, int Write)? s_pipe;
    private static volatile bool s_forbidden;

    /// <summary>Whether the kernel lets the direct way be used here, found by trying.</summary>
    public static bool IsDirect
    {
        get
        {
            byte probe = 1;
            byte copy = 0;
            TryRead((ulong)&probe, new Span<byte>(ref copy));
            return !s_forbidden;
        }
    }

    /// <summary>False where any byte cannot be read.</summary>
    public static bool TryRead(ulong address, Span<byte> destination)
    {
        fixed (byte* to = destination)
        {
            if (!s_forbidden)
            {
                iovec local = new() { iov_base = to, iov_len = (nuint)destination.Length };
                iovec remote = new() { iov_base = (void*)address, iov_len = (nuint)destination.Length };
                nint count = LibC.process_vm_readv(LibC.getpid(), &local, 1, &remote, 1, 0);
                if (count >= 0 || !IsForbidden())
                {
                    return count == destination.Length;
                }
            }

            return TryPipe((byte*)address, to, destination.Length);
        }
    }

    /// <summary>False where any byte cannot be written.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> source, ulong address)
    {
        fixed (byte* from = source)
        {
            if (!s_forbidden)
            {
                iovec local = new() { iov_base = from, iov_len = (nuint)source.Length };
                iovec remote = new() { iov_base = (void*)address, iov_len = (nuint)source.Length };
                nint count = LibC.process_vm_writev(LibC.getpid(), &local, 1, &remote, 1, 0);
                if (count >= 0 || !IsForbidden())
                {
                    return count == source.Length;
                }
            }

            return TryPipe(from, (byte*)address, source.Length);
        }
    }

    /// <summary>The same through a pipe, whose two ends read and write user memory as any system call does.</summary>
    internal static bool TryPipe(byte* from, byte* to, int length)
    {
        lock (s_pipeLock)
        {
            (int read, int write) = s_pipe ??= OpenPipe();
            while (length > 0)
            {
                int piece = Math.Min(length, LongestPipePiece);
                nint written = LibC.write(write, from, (nuint)piece);
                nint taken = written > 0 ? LibC.read(read, to, (nuint)written) : 0;
                if (written != piece || taken != piece)
                {
                    // What the bad half left in the pipe goes with the pipe.
                    LibC.close(read);
                    LibC.close(write);
                    s_pipe = null;
                    return false;
                }

                from += piece;
                to += piece;
                length -= piece;
            }

            return true;
        }
    }

    private static bool IsForbidden()
    {
        if (Errno.Last().Number is not (LibC.EPERM or LibC.ENOSYS))
        {
            return false;
        }

        s_forbidden = true;
        return true;
    }

    private static (int Read, int Write) OpenPipe()
    {
        int* ends = stackalloc int[2];
        return LibC.pipe2(ends, LibC.O_CLOEXEC) == 0
            ? (ends[0], ends[1])
            : throw new IOException($"No pipe to copy memory through: {Errno.Last()}", Marshal.GetLastSystemError());
    }
}
