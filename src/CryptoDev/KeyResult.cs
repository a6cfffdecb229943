using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// What came of a <see cref="KeyOp"/>: the numbers, who computed them, the status. It owns the numbers, off the managed heap, gives copies
/// of them, and zeroes them when it is disposed or forgotten. Safe from any thread.
/// </summary>
public sealed class KeyResult : IDisposable
{
    private readonly SecureMemoryHandle[] _outputs;

    internal KeyResult(KeyOperation operation, int status, SessionDriver? driver, CryptoDevException? error, SecureMemoryHandle[] outputs)
    {
        Operation = operation;
        Status = status;
        Driver = driver;
        Error = error;
        _outputs = outputs;
    }

    /// <summary>The operation.</summary>
    public KeyOperation Operation { get; }

    /// <summary>
    /// What computed it, and why nothing above it did; null when nothing could, or had to: a signature outside its range is bad.
    /// </summary>
    public SessionDriver? Driver { get; }

    /// <summary>
    /// 0, or the errno value that the BSD interface gives (<c>crk_status</c>): <c>EPERM</c> for a signature that is not good.
    /// </summary>
    public int Status { get; }

    /// <summary>Why there is no result, or null. Only operations processed many at once come back with one: alone, it is thrown.</summary>
    public CryptoDevException? Error { get; }

    /// <summary>Whether it worked; for <see cref="KeyOperation.DsaVerify"/>: whether the signature is good.</summary>
    public bool IsValid => Status == 0;

    /// <summary>How many numbers came out.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>
    /// Bytes of a number that came out. They do not depend on its value: as many as the modulus has without its leading zeros (as the
    /// output parameter has, when the operation was built from parameters).
    /// </summary>
    /// <inheritdoc cref="ToArray"/>
    public int GetLength(int index = 0) => Find(index).Length;

    /// <summary>A copy of a number that came out, most significant byte first, of <see cref="GetLength"/> bytes.</summary>
    /// <param name="index">Which: 0 is the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that index.</exception>
    /// <exception cref="InvalidOperationException">There is none at all: the operation failed, or it is a verification.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public byte[] ToArray(int index = 0)
    {
        byte[] copy = new byte[GetLength(index)];
        CopyTo(index, copy);
        return copy;
    }

    /// <summary>Copies a number, most significant byte first, to the front of <paramref name="destination"/>.</summary>
    /// <param name="index">Which: 0 is the first.</param>
    /// <param name="destination">At least <see cref="GetLength"/> bytes; what is behind them stays as it is.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <inheritdoc cref="ToArray"/>
    public int CopyTo(int index, Span<byte> destination) =>
        TryWrite(index, destination, out int written)
            ? written
            : throw new ArgumentException(
                $"The destination has {destination.Length} bytes; {GetLength(index)} are needed.",
                nameof(destination)
            );

    /// <summary>Copies a number as <see cref="CopyTo"/> does; false where the destination is too short, which is then untouched.</summary>
    /// <inheritdoc cref="ToArray"/>
    public bool TryWrite(int index, Span<byte> destination, out int written)
    {
        SecureMemoryHandle output = Find(index);
        using SecureMemoryHandle.Hold hold = Take(output);
        bool fits = destination.Length >= output.Length;
        written = fits ? output.Length : 0;
        if (fits)
        {
            output.Bytes.CopyTo(destination);
        }

        return fits;
    }

    /// <summary>Zeroes the numbers.</summary>
    public void Dispose()
    {
        foreach (SecureMemoryHandle output in _outputs)
        {
            output.Dispose();
        }
    }

    /// <summary>The operation, the driver and the status; never a number.</summary>
    public override string ToString() =>
        $"{Operation} by {Driver?.Name ?? "no driver"}: {(Status == 0 ? "done" : new Errno(Status).ToString())}";

    private SecureMemoryHandle Find(int index)
    {
        if (_outputs.Length == 0)
        {
            throw new InvalidOperationException(
                Error is null
                    ? $"{Operation} has no output, only a verdict: read IsValid."
                    : $"{Operation} failed, so it has no output; Error tells why.",
                Error
            );
        }

        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _outputs.Length);
        ObjectDisposedException.ThrowIf(_outputs[index].IsClosed, this);
        return _outputs[index];
    }

    private static SecureMemoryHandle.Hold Take(SecureMemoryHandle output)
    {
        try
        {
            return output.Acquire();
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(KeyResult));
        }
    }
}
