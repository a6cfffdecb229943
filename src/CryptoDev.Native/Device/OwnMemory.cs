using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Copies from and to addresses of this process that may be bad. The kernel does the copy, so that a bad address gives an error and does
/// not crash the process. Uses process_vm_readv and process_vm_writev, or a pipe where a sandbox forbids those.
/// </summary>
internal static unsafe class OwnMemory
{
    private const int LongestPipePiece = 16 * 1024;

    private static readonly Lock s_pipeLock = new();
    private static (int Read, int Write)? s_pipe;

    // A seccomp filter applies to a thread and to the threads that it starts, not to the whole process.
    [ThreadStatic]
    private static bool s_forbidden;

    /// <summary>Whether the kernel allows the direct calls to this thread. It is found by trying.</summary>
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

    /// <summary>False if any byte cannot be read.</summary>
    public static bool TryRead(ulong address, Span<byte> destination)
    {
        if (!s_forbidden && !IsForbidden(ProcessMemory.Read(LibC.getpid(), address, destination), out bool copied))
        {
            return copied;
        }

        fixed (byte* to = destination)
        {
            return TryPipe((byte*)address, to, destination.Length);
        }
    }

    /// <summary>False if any byte cannot be written.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> source, ulong address)
    {
        if (!s_forbidden && !IsForbidden(ProcessMemory.Write(LibC.getpid(), source, address), out bool copied))
        {
            return copied;
        }

        fixed (byte* from = source)
        {
            return TryPipe(from, (byte*)address, source.Length);
        }
    }

    /// <summary>The same copy through a pipe. The pipe's write and read access user memory like any other system call.</summary>
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
                    // Closing the pipe discards the bytes that are left in it after a failure.
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

    private static bool IsForbidden(int error, out bool copied)
    {
        copied = error == 0;
        s_forbidden |= error is LibC.EPERM or LibC.ENOSYS;
        return s_forbidden && !copied;
    }

    private static (int Read, int Write) OpenPipe()
    {
        int* ends = stackalloc int[2];
        return LibC.pipe2(ends, LibC.O_CLOEXEC) == 0
            ? (ends[0], ends[1])
            : throw new IOException($"No pipe to copy memory through: {Errno.Last()}", Marshal.GetLastSystemError());
    }
}
