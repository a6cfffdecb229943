using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Memory for the bytes of one operation: counted before it is taken, zeroed before it is given back, so that no client ever meets
/// another's. No object, because every ioctl has one;
/// who rented it gives it back, once.
/// </summary>
internal readonly struct RentedBytes : IDisposable
{
    /// <summary>Longer ones are the system's again at once: the pool would keep them.</summary>
    private const int LongestPooled = 1 << 20;

    private readonly Quota? _quota;
    private readonly int _length;
    private readonly byte[]? _array;
    private readonly SecureMemoryHandle? _block;

    private RentedBytes(Quota quota, int length, byte[]? array, SecureMemoryHandle? block)
    {
        _quota = quota;
        _length = length;
        _array = array;
        _block = block;
    }

    public Span<byte> Bytes => _block is null ? _array.AsSpan(0, _length) : _block.Bytes;

    /// <summary>False where the client or all together hold too much (ENOMEM).</summary>
    public static bool TryRent(Quota quota, long length, out RentedBytes rented)
    {
        Debug.Assert(length >= 0, "Lengths are added up as longs.");
        rented = default;
        if (length > int.MaxValue || !quota.TryTake(length))
        {
            return false;
        }

        try
        {
            rented =
                length <= LongestPooled
                    ? new RentedBytes(quota, (int)length, ArrayPool<byte>.Shared.Rent((int)length), null)
                    : new RentedBytes(quota, (int)length, null, SecureMemoryHandle.Allocate((int)length));
            return true;
        }
        catch (OutOfMemoryException)
        {
            quota.Give(length);
            return false;
        }
    }

    /// <summary>Gives it back; nothing where none was rented.</summary>
    public void Dispose()
    {
        _block?.Dispose();
        if (_array is not null)
        {
            CryptographicOperations.ZeroMemory(_array.AsSpan(0, _length));
            ArrayPool<byte>.Shared.Return(_array);
        }

        _quota?.Give(_length);
    }
}
