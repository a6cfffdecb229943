using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// One session of the device, rented for one operation at a time: on the BSDs the kernel keeps scratch per session without a lock, on Linux
/// it runs one operation of a session after the other.
/// </summary>
internal sealed class DevCryptoContext(KernelSessionHandle session) : RentedContext
{
    private const int SmallestScratch = 512;

    private SecureMemoryHandle? _scratch;

    /// <summary>The session's number.</summary>
    public uint Id { get; } = session.Id;

    /// <summary>
    /// Memory of this context for messages that cannot lie where the caller has them; what is in it is the operation's to clear.
    /// </summary>
    public Span<byte> Scratch(int length)
    {
        if (_scratch is null || _scratch.Length < length)
        {
            _scratch?.Dispose();
            _scratch = SecureMemoryHandle.Allocate(Math.Max(length, SmallestScratch));
        }

        return _scratch.Bytes[..length];
    }

    /// <summary>Copies two pieces together.</summary>
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

    /// <summary>Zeroes what an operation left there.</summary>
    public static void Clear(Span<byte> scratch) => CryptographicOperations.ZeroMemory(scratch);
}
