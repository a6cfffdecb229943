using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// This process as the caller of an emulated device. A bad address is EFAULT, as it would be from a kernel. The table of descriptors that
/// CRIOGET fills is here and not the process's:
/// their numbers begin where no real descriptor is.
/// </summary>
/// <param name="trusted">Every address comes from a pinned span of this library: it is copied from and to directly.</param>
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

        // SAFETY: the address and the length are those of a span that its owner keeps pinned over the call.
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

    /// <summary>The file of a number that was given, which the caller of this takes over; null for another number.</summary>
    public EmulatedFile? Take(int descriptor)
    {
        lock (_lock)
        {
            return _installed.Remove(descriptor, out EmulatedFile? file) ? file : null;
        }
    }
}
