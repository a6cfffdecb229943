using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Copies between this process and another, or within this process, by the kernel. A bad address gives an error number and no fault.
/// </summary>
internal static unsafe class ProcessMemory
{
    /// <summary>Fills <paramref name="destination"/> from another process.</summary>
    /// <returns>
    /// 0, EFAULT if any byte cannot be read, EPERM if this process has no permission, ESRCH if the process does not exist.
    /// </returns>
    public static int Read(int process, ulong address, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            iovec local = new() { iov_base = start, iov_len = (nuint)destination.Length };
            iovec remote = new() { iov_base = (void*)(nuint)address, iov_len = (nuint)destination.Length };
            return Outcome(LibC.process_vm_readv(process, &local, 1, &remote, 1, 0), destination.Length);
        }
    }

    /// <summary>Writes <paramref name="source"/> to another process. After an error it is not known how much was written.</summary>
    /// <returns>As <see cref="Read"/>.</returns>
    public static int Write(int process, ReadOnlySpan<byte> source, ulong address)
    {
        fixed (byte* start = source)
        {
            iovec local = new() { iov_base = start, iov_len = (nuint)source.Length };
            iovec remote = new() { iov_base = (void*)(nuint)address, iov_len = (nuint)source.Length };
            return Outcome(LibC.process_vm_writev(process, &local, 1, &remote, 1, 0), source.Length);
        }
    }

    // If a range is partly bad, the kernel copies up to the bad page and returns that count.
    private static int Outcome(nint copied, int wanted) =>
        copied == wanted ? 0
        : copied < 0 ? Marshal.GetLastSystemError()
        : LibC.EFAULT;
}
