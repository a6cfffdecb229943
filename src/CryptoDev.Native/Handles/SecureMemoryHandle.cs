using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CryptoDev.Native;

/// <summary>
/// Memory for secrets, off the managed heap, so that the collector cannot copy them. It is in guarded pages that are locked if the limit
/// allows it and left out of core dumps and forked children. It is zeroed before it is freed.
/// </summary>
internal sealed unsafe class SecureMemoryHandle : SafeHandle
{
    private readonly SecureArena _arena;

    private SecureMemoryHandle(int length)
        : base(0, ownsHandle: true)
    {
        Length = length;
        SetHandle(SecureArena.Take(Math.Max(length, 1), out _arena));
    }

    public override bool IsInvalid => handle == 0;

    public int Length { get; }

    /// <summary>Allocates a block of zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public static SecureMemoryHandle Allocate(int length) => new(length);

    public static SecureMemoryHandle Copy(ReadOnlySpan<byte> bytes)
    {
        SecureMemoryHandle memory = new(bytes.Length);
        bytes.CopyTo(memory.Bytes);
        return memory;
    }

    /// <summary>The bytes. Valid only while the caller holds a counted reference.</summary>
    // SAFETY: the block holds Length bytes until ReleaseHandle, which a counted reference defers.
    public Span<byte> Bytes => new((void*)handle, Length);

    /// <summary>
    /// Takes a counted reference, to be disposed once. While it is held, neither Dispose nor the collector frees the bytes.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The bytes are already freed.</exception>
    public Hold Acquire()
    {
        bool added = false;
        DangerousAddRef(ref added);
        return new Hold(this);
    }

    protected override bool ReleaseHandle()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)handle, Length)); // SAFETY: last use of our own block.
        _arena.Give(handle, Math.Max(Length, 1));
        return true;
    }

    /// <summary>A counted reference.</summary>
    public readonly ref struct Hold(SecureMemoryHandle memory) : IDisposable
    {
        public void Dispose() => memory.DangerousRelease();
    }
}
