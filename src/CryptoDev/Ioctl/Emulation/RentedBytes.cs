using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Memory for the bytes of one operation: counted before it is taken, zeroed before it is given back, so that no client ever meets
/// another's. No object, because every ioctl has one; who rented it gives it back, once.
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

    /// <summary>False where the client, its user or all together hold too much (ENOMEM).</summary>
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
            // What the pool does not have is the system's again at once.
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

    /// <summary>Gives it back; nothing where none was rented.</summary>
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
