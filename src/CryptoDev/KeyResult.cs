using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// The result of a <see cref="KeyOp"/>: the numbers, the driver that computed them, and the status. It holds the numbers outside the
/// managed heap, returns copies of them, and zeroes them when it is disposed or finalized. Safe from any thread.
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
    /// The driver that computed the result. Null if no driver could, and if no driver was needed: a signature outside its range is not
    /// valid.
    /// </summary>
    public SessionDriver? Driver { get; }

    /// <summary>0, or the errno value of the BSD interface (<c>crk_status</c>). <c>EPERM</c> means that a signature is not valid.</summary>
    public int Status { get; }

    /// <summary>Why there is no result, or null. Only operations processed together have one. A single operation throws instead.</summary>
    public CryptoDevException? Error { get; }

    /// <summary>Whether the operation succeeded. For <see cref="KeyOperation.DsaVerify"/>: whether the signature is valid.</summary>
    public bool IsValid => Status == 0;

    /// <summary>How many numbers the operation returned.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>
    /// The length of a number in bytes. It does not depend on the value. It is the length of the modulus without leading zeros, or that of
    /// the output parameter when the operation was built from parameters.
    /// </summary>
    /// <inheritdoc cref="ToArray"/>
    public int GetLength(int index = 0) => Find(index).Length;

    /// <summary>A copy of a number, most significant byte first, of <see cref="GetLength"/> bytes.</summary>
    /// <param name="index">The index of the number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no number with that index.</exception>
    /// <exception cref="InvalidOperationException">There are no numbers: the operation failed, or it is a verification.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public byte[] ToArray(int index = 0)
    {
        byte[] copy = new byte[GetLength(index)];
        CopyTo(index, copy);
        return copy;
    }

    /// <summary>Copies a number, most significant byte first, to the start of <paramref name="destination"/>.</summary>
    /// <param name="index">The index of the number, from 0.</param>
    /// <param name="destination">At least <see cref="GetLength"/> bytes. The bytes after them do not change.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <inheritdoc cref="ToArray"/>
    public int CopyTo(int index, Span<byte> destination) =>
        TryWrite(index, destination, out int written)
            ? written
            : throw new ArgumentException(
                $"The destination has {destination.Length} bytes; {GetLength(index)} are needed.",
                nameof(destination)
            );

    /// <summary>Copies a number like <see cref="CopyTo"/>. If the destination is too short, returns false and writes nothing.</summary>
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

    /// <summary>The operation, the driver and the status, never a number.</summary>
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
            throw new ObjectDisposedException(typeof(KeyResult).FullName);
        }
    }
}
