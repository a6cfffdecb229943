using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// This process as the caller of an emulated device. A bad address gives EFAULT, as in a kernel. CRIOGET fills a table of descriptors in
/// this object and not that of the process. Its numbers start above all real descriptors.
/// </summary>
/// <param name="trusted">Whether every address comes from a pinned span of this library. Such memory is copied directly.</param>
internal sealed unsafe class OwnProcess(bool trusted) : IUserProcess
{
    private const int FirstDescriptor = 1 << 24;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, EmulatedFile> _installed = [];
    private int _next = FirstDescriptor;

    public WordSize WordSize => NativeWordSize.Current;

    public bool CopyIn(ulong address, Span<byte> destination)
    {
        if (!trusted)
        {
            return OwnMemory.TryRead(address, destination);
        }

        // SAFETY: the address and the length are those of a span that its owner pins during the call.
        new ReadOnlySpan<byte>((void*)address, destination.Length).CopyTo(destination);
        return true;
    }

    public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
    {
        if (!trusted)
        {
            return OwnMemory.TryWrite(source, address);
        }

        // SAFETY: as above.
        source.CopyTo(new Span<byte>((void*)address, source.Length));
        return true;
    }

    public int InstallDescriptor(EmulatedFile file)
    {
        lock (_lock)
        {
            _installed.Add(_next, file);
            return _next++;
        }
    }

    /// <summary>Removes and returns the file with this number. The caller owns it. Null if there is no such number.</summary>
    public EmulatedFile? Take(int descriptor)
    {
        lock (_lock)
        {
            return _installed.Remove(descriptor, out EmulatedFile? file) ? file : null;
        }
    }
}
