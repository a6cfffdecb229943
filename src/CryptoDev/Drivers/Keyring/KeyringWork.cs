using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// The keys and buffers of one operation. Dispose removes all of them and must run on the thread that created the object.
/// </summary>
internal sealed class KeyringWork : IDisposable
{
    /// <summary>Two seconds in all. Each wait is twice as long as the one before.</summary>
    private const int QuotaTries = 11;

    private readonly string _operation;
    private readonly List<SecureMemoryHandle> _buffers = [];
    private readonly PrivateKeyringHandle _keyring;

    public KeyringWork(string operation)
    {
        _operation = operation;
        PrivateKeyringHandle? keyring = null;
        Errno error = default;
        for (int attempt = 0; keyring is null && MayTryAgain(attempt, error); attempt++)
        {
            keyring = PrivateKeyringHandle.Create(out error);
        }

        _keyring = keyring ?? throw KeyringFailure.Exception(error, operation);
    }

    /// <summary>A buffer of zeros, off the managed heap.</summary>
    public Span<byte> Buffer(int length)
    {
        SecureMemoryHandle buffer = SecureMemoryHandle.Allocate(length);
        _buffers.Add(buffer);
        return buffer.Bytes;
    }

    /// <summary>The number most significant byte first, padded with leading zeros to <paramref name="length"/> bytes.</summary>
    public ReadOnlySpan<byte> BigEndian(ReadOnlySpan<byte> littleEndian, int length = 0)
    {
        ReadOnlySpan<byte> significant = littleEndian.TrimEnd((byte)0);

        // The kernel refuses a key of no bytes, so zero is one byte.
        Span<byte> bytes = Buffer(Math.Max(length, Math.Max(significant.Length, 1)));
        significant.CopyTo(bytes);
        bytes.Reverse();
        return bytes;
    }

    public int AddKey(string type, ReadOnlySpan<byte> payload)
    {
        int serial = -1;
        Errno error = default;
        for (int attempt = 0; serial < 0 && MayTryAgain(attempt, error); attempt++)
        {
            serial = _keyring.AddKey(type, payload, out error);
        }

        return serial < 0 ? throw KeyringFailure.Exception(error, _operation) : serial;
    }

    public int Demand(int answer, Errno error) => answer < 0 ? throw KeyringFailure.Exception(error, _operation) : answer;

    public void Dispose()
    {
        _keyring.Dispose();
        _buffers.ForEach(buffer => buffer.Dispose());
    }

    /// <summary>The kernel frees keys and their quota some time after the last link is removed, so EDQUOT may be temporary.</summary>
    internal static bool MayTryAgain(int attempt, Errno error)
    {
        if (attempt == 0)
        {
            return true;
        }

        if (error.Number != LibC.EDQUOT || attempt == QuotaTries)
        {
            return false;
        }

        Thread.Sleep(1 << attempt);
        return true;
    }
}
