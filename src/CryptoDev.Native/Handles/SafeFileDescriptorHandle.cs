using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CryptoDev.Native;

/// <summary>
/// Owns one descriptor that is close-on-exec from the start: .NET starts child processes, and a key must not be inherited by them.
/// </summary>
internal sealed class SafeFileDescriptorHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over <paramref name="fd"/>, which a call with a CLOEXEC flag has just returned.</summary>
    public SafeFileDescriptorHandle(int fd)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
    }

    /// <summary>The number of the descriptor, for the fast path of an operation whose owner keeps this handle alive.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Opens a socket; <see langword="null"/> and the reason when the kernel refuses.</summary>
    public static SafeFileDescriptorHandle? OpenSocket(int domain, int type, int protocol, out Errno error) =>
        Own(LibC.socket(domain, type | LibC.SOCK_CLOEXEC, protocol), out error);

    /// <summary>Opens a file; <see langword="null"/> and the reason when the kernel refuses.</summary>
    public static SafeFileDescriptorHandle? OpenFile(string path, int flags, out Errno error) =>
        Own(LibC.open(path, flags | LibC.O_CLOEXEC, 0), out error);

    /// <summary>Accepts a descriptor from a listening or AF_ALG socket. The peer's address is not requested.</summary>
    public static unsafe SafeFileDescriptorHandle? Accept(int fd, out Errno error) =>
        Own(LibC.accept4(fd, null, null, LibC.SOCK_CLOEXEC), out error);

    protected override bool ReleaseHandle()
    {
        // Linux frees the number even when close reports an error (EINTR included). Closing again could close another file that got the
        // number.
        int result = LibC.close((int)handle);
        Debug.Assert(result == 0, $"close({handle}) failed: {new Errno(Marshal.GetLastSystemError())}");
        return result == 0;
    }

    private static SafeFileDescriptorHandle? Own(int fd, out Errno error)
    {
        error = fd < 0 ? Errno.Last() : default;
        return fd < 0 ? null : new SafeFileDescriptorHandle(fd);
    }
}
