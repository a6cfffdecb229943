using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Tests.Emulator.Fuzz;

/// <summary>
/// A hostile caller's memory: one writable arena, one read-only page behind a hole, nothing else. Several threads write to it while ioctls
/// read it.
/// </summary>
/// <param name="wordSize">How it was compiled.</param>
/// <param name="lends">Whether it lends its memory; such a one takes no descriptors.</param>
/// <param name="duplicates">Whether CRIOGET gives the same open file once more, to be closed once.</param>
internal sealed class FuzzProcess(WordSize wordSize, bool lends, bool duplicates) : IUserProcess
{
    /// <summary>Where the arena begins; in reach of 32-bit pointers.</summary>
    public const uint Arena = 0x5000_0000;

    /// <summary>Where the read-only page begins.</summary>
    public const uint ReadOnly = 0x6000_0000;

    private readonly byte[] _arena = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1 << 20);
    private readonly byte[] _readOnly = new byte[4096];
    private readonly Lock _lock = new();
    private readonly Queue<EmulatedFile> _given = new();

    [ThreadStatic]
    private static (ulong Address, int Length) s_lent;

    public WordSize WordSize => wordSize;

    public int ArenaLength => _arena.Length;

    /// <summary>One kind of caller gets descriptors, the other none, so that opened devices take their ioctls themselves.</summary>
    public bool CanInstallDescriptors => !lends;

    /// <summary>What stands in the arena.</summary>
    public Span<byte> At(int offset, int length) => _arena.AsSpan(offset, length);

    public bool CopyIn(ulong address, Span<byte> destination)
    {
        Span<byte> found = Find(address, destination.Length, writing: false, out bool isMapped);
        found.CopyTo(destination);
        return isMapped;
    }

    public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
    {
        Span<byte> found = Find(address, source.Length, writing: true, out bool isMapped);
        if (isMapped)
        {
            source.CopyTo(found);
        }

        return isMapped;
    }

    public bool TryBorrowInput(ulong address, int length, out ReadOnlySpan<byte> input)
    {
        input = Find(address, length, writing: false, out bool isMapped);
        s_lent = (address, length);
        return isMapped && lends;
    }

    public bool TryBorrowOutput(ulong address, int length, out Span<byte> output)
    {
        output = Find(address, length, writing: true, out bool isMapped);
        bool isApart = address + (ulong)length <= s_lent.Address || s_lent.Address + (ulong)s_lent.Length <= address;
        return isMapped && lends && (isApart || address == s_lent.Address);
    }

    /// <summary>Sometimes there is no room, sometimes no way; else the file is kept, a few at a time.</summary>
    public int InstallDescriptor(EmulatedFile file)
    {
        switch (file.Id % 5)
        {
            case 0:
                return -LibC.EMFILE;
            case 1:
                return -LibC.EOPNOTSUPP;
        }

        if (duplicates)
        {
            return 50;
        }

        EmulatedFile? old = null;
        lock (_lock)
        {
            _given.Enqueue(file);
            if (_given.Count > 4)
            {
                old = _given.Dequeue();
            }
        }

        old?.Dispose();
        return 50;
    }

    /// <summary>A file that CRIOGET gave, or null.</summary>
    public EmulatedFile? TakeGiven()
    {
        lock (_lock)
        {
            return _given.TryDequeue(out EmulatedFile? file) ? file : null;
        }
    }

    private Span<byte> Find(ulong address, int length, bool writing, out bool isMapped)
    {
        Span<byte> found = In(_arena, Arena, address, length, out isMapped);
        return isMapped || writing ? found : In(_readOnly, ReadOnly, address, length, out isMapped);
    }

    private static Span<byte> In(byte[] bytes, ulong start, ulong address, int length, out bool isMapped)
    {
        ulong offset = address - start;
        isMapped = length == 0 || (address >= start && offset <= (ulong)bytes.Length && (ulong)length <= (ulong)bytes.Length - offset);
        return isMapped && length != 0 ? bytes.AsSpan((int)offset, length) : default;
    }
}
