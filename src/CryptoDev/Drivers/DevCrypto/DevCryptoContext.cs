using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// One kernel session of the device, rented for one operation at a time. The BSD kernels keep scratch data per session without a lock.
/// Linux runs the operations of a session one after the other.
/// </summary>
internal sealed class DevCryptoContext(KernelSessionHandle session) : RentedContext
{
    private const int SmallestScratch = 512;

    private SecureMemoryHandle? _scratch;

    /// <summary>The id of the kernel session.</summary>
    public uint Id { get; } = session.Id;

    /// <summary>
    /// A buffer of this context, for messages that cannot stay in the caller's buffer. The operation must clear it where it held plaintext.
    /// </summary>
    /// <param name="length">The number of bytes.</param>
    /// <param name="alignMask">The bits of its address that must be 0.</param>
    public Span<byte> Scratch(int length, int alignMask = 0)
    {
        int room = checked(length + alignMask);
        if (_scratch is null || _scratch.Length < room)
        {
            _scratch?.Dispose();
            _scratch = SecureMemoryHandle.Allocate(Math.Max(room, SmallestScratch));
        }

        int before = (int)(-_scratch.DangerousGetHandle() & alignMask);
        return _scratch.Bytes.Slice(before, length);
    }

    /// <summary>Copies two pieces into one.</summary>
    public Span<byte> Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> whole = Scratch(checked(first.Length + second.Length));
        first.CopyTo(whole);
        second.CopyTo(whole[first.Length..]);
        return whole;
    }

    public override void Dispose()
    {
        session.Dispose();
        _scratch?.Dispose();
    }

    /// <summary>Zeroes the buffer after an operation.</summary>
    public static void Clear(Span<byte> scratch) => CryptographicOperations.ZeroMemory(scratch);
}
