using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Tests.Emulator;

/// <summary>
/// The memory and descriptors of a process that is not this one: pages at made-up addresses with nothing mapped around them, so that any
/// step beside them is EFAULT. Safe from many threads, as a process is.
/// </summary>
internal sealed class ForeignProcess(WordSize wordSize = WordSize.LP64) : IUserProcess
{
    private readonly Lock _lock = new();
    private readonly SortedList<ulong, (byte[] Bytes, bool Writable)> _regions = [];
    private readonly List<EmulatedFile> _descriptors = [];
    private ulong _next = 0x10_0000;

    public WordSize WordSize => wordSize;

    /// <summary>The answer of <see cref="InstallDescriptor"/>, where it is not to work.</summary>
    public int DescriptorError { get; init; }

    public bool CanInstallDescriptors { get; init; } = true;

    public bool IsGone { get; set; }

    /// <summary>Lends its memory instead of having it copied.</summary>
    public bool Lends { get; init; }

    /// <summary>How often memory was lent.</summary>
    public int Lent { get; private set; }

    /// <summary>Descriptors given by CRIOGET; number 100 is the first.</summary>
    public IReadOnlyList<EmulatedFile> Descriptors => _descriptors;

    /// <summary>Maps bytes and returns their address.</summary>
    public nint Map(byte[] bytes, bool writable = true)
    {
        lock (_lock)
        {
            ulong address = _next;
            _next += ((ulong)bytes.Length + 0x1FFF) & ~0xFFFUL;
            _regions.Add(address, (bytes, writable));
            return (nint)address;
        }
    }

    public nint Map(int length) => Map(new byte[length]);

    /// <summary>What stands at an address now.</summary>
    public byte[] Read(nint address, int length)
    {
        byte[] bytes = new byte[length];
        return CopyIn((ulong)address, bytes)
            ? bytes
            : throw new InvalidOperationException($"{length} bytes at {address:x} are not mapped.");
    }

    public bool CopyIn(ulong address, Span<byte> destination)
    {
        if (!TryFind(address, destination.Length, writing: false, out Span<byte> found))
        {
            return false;
        }

        found.CopyTo(destination);
        return true;
    }

    public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
    {
        if (!TryFind(address, source.Length, writing: true, out Span<byte> found))
        {
            return false;
        }

        source.CopyTo(found);
        return true;
    }

    public bool TryBorrowInput(ulong address, int length, out ReadOnlySpan<byte> input)
    {
        bool lent = TryFind(address, length, writing: false, out Span<byte> found) && Lends;
        input = lent ? found : default;
        Lent += lent ? 1 : 0;
        return lent;
    }

    public bool TryBorrowOutput(ulong address, int length, out Span<byte> output)
    {
        bool lent = TryFind(address, length, writing: true, out Span<byte> found) && Lends;
        output = lent ? found : default;
        Lent += lent ? 1 : 0;
        return lent;
    }

    public int InstallDescriptor(EmulatedFile file)
    {
        if (DescriptorError != 0)
        {
            return -DescriptorError;
        }

        lock (_lock)
        {
            _descriptors.Add(file);
            return 99 + _descriptors.Count;
        }
    }

    private bool TryFind(ulong address, int length, bool writing, out Span<byte> found)
    {
        found = default;
        if (length == 0)
        {
            return true;
        }

        lock (_lock)
        {
            int low = 0;
            int high = _regions.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                (low, high) = _regions.Keys[middle] <= address ? (middle, high) : (low, middle - 1);
            }

            if (_regions.Count == 0 || _regions.Keys[low] > address)
            {
                return false;
            }

            (byte[] bytes, bool writable) = _regions.Values[low];
            ulong offset = address - _regions.Keys[low];
            if (offset > (ulong)bytes.Length || (ulong)length > (ulong)bytes.Length - offset || (writing && !writable))
            {
                return false;
            }

            found = bytes.AsSpan((int)offset, length);
            return true;
        }
    }

    /// <summary>The errno values of this process's limits.</summary>
    public const int TableFull = LibC.EMFILE;
}
