using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>Memory for the bytes of one operation: counted before it is taken, zeroed before it is given back, so that no client ever meets another's.</summary>
internal sealed class RentedBytes : IDisposable
{
    /// <summary>Longer ones are the system's again at once: the pool would keep them.</summary>
    private const int LongestPooled = 1 << 20;

    private readonly Quota _quota;
    private readonly int _length;
    private readonly SecureMemoryHandle? _block;
    private byte[]? _array;
    private int _returned;

    private RentedBytes(Quota quota, int length, byte[]? array, SecureMemoryHandle? block)
    {
        _quota = quota;
        _length = length;
        _array = array;
        _block = block;
    }

    public Span<byte> Bytes => _block is null ? _array.AsSpan(0, _length) : _block.Bytes;

    /// <summary>Null where the client or all together hold too much (ENOMEM).</summary>
    public static RentedBytes? TryRent(Quota quota, long length)
    {
        Debug.Assert(length >= 0, "Lengths are added up as longs.");
        if (length > int.MaxValue || !quota.TryTake(length))
        {
            return null;
        }

        try
        {
            return length <= LongestPooled
                ? new RentedBytes(quota, (int)length, ArrayPool<byte>.Shared.Rent((int)length), null)
                : new RentedBytes(quota, (int)length, null, SecureMemoryHandle.Allocate((int)length));
        }
        catch (OutOfMemoryException)
        {
            quota.Give(length);
            return null;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0)
        {
            return;
        }

        _block?.Dispose();
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            CryptographicOperations.ZeroMemory(array.AsSpan(0, _length));
            ArrayPool<byte>.Shared.Return(array);
        }

        _quota.Give(_length);
    }
}
