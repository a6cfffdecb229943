using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The memory for one operation. It is counted before it is allocated, and zeroed before it is returned, so no client sees another's bytes.
/// It is a struct, because every ioctl needs one. The owner must dispose it once.
/// </summary>
internal readonly struct RentedBytes : IDisposable
{
    private readonly Quota? _quota;
    private readonly int _length;
    private readonly byte[]? _array;
    private readonly WorkMemoryHandle? _block;

    private RentedBytes(Quota quota, int length, byte[]? array, WorkMemoryHandle? block)
    {
        _quota = quota;
        _length = length;
        _array = array;
        _block = block;
    }

    public Span<byte> Bytes => _block is null ? _array.AsSpan(0, _length) : _block.Bytes;

    /// <summary>False if the client, its user or all users together hold too much (ENOMEM).</summary>
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
            // If the pool has no array, the memory comes from the system and goes back to it directly.
            byte[]? array = BytePool.Shared.TryRent((int)length);
            rented = new RentedBytes(quota, (int)length, array, array is null ? WorkMemoryHandle.Allocate((int)length) : null);
            return true;
        }
        catch (OutOfMemoryException)
        {
            quota.Give(length);
            return false;
        }
    }

    /// <summary>Zeroes and returns the memory. Does nothing if none was rented.</summary>
    public void Dispose()
    {
        _block?.Dispose();
        if (_array is not null)
        {
            CryptographicOperations.ZeroMemory(_array.AsSpan(0, _length));
            BytePool.Shared.Return(_array);
        }

        _quota?.Give(_length);
    }
}
