using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// What came of a <see cref="KeyOp"/>: the numbers, who computed them, the status. It owns its copies and zeroes them when disposed. The
/// spans it gives are
/// valid until then.
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

    /// <summary>The first number: see <see cref="GetOutput"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none: the operation failed, or it is a verification.</exception>
    public ReadOnlySpan<byte> Output => GetOutput(0);

    /// <summary>
    /// A number that came out, most significant byte first, padded with zeros to a length that does not depend on its value: that of the
    /// modulus without its
    /// leading zeros (of the output parameter, when the operation was built from parameters).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that index.</exception>
    /// <exception cref="InvalidOperationException">There is none at all.</exception>
    public ReadOnlySpan<byte> GetOutput(int index)
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
        return _outputs[index].Bytes;
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
}
