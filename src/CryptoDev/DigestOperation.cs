using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The running state of one digest or MAC. Use it from one thread at a time. <see cref="Clone"/> makes an independent copy. Disposing the
/// session ends it. Its methods then throw <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>BSD original: <c>COP_FLAG_UPDATE</c>, <c>COP_FLAG_FINAL</c> and <c>CIOCCPHASH</c> of cryptodev-linux.</remarks>
public sealed class DigestOperation : IDisposable
{
    private readonly Session _session;
    private readonly ICountingSession _counts;
    private DigestState? _state;
    private bool _final;

    internal DigestOperation(Session session, ICountingSession counts, DigestState state)
    {
        _session = session;
        _counts = counts;
        _state = state;
    }

    /// <summary>The number of bytes that <see cref="Final"/> and <see cref="Peek"/> write.</summary>
    public int DigestLength => _session.TagLength;

    /// <summary>Hashes the next piece, of any length.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Final"/> was called, or an earlier call failed in the driver.</exception>
    /// <exception cref="CryptoDevException">The driver failed. The operation cannot go on.</exception>
    public void Update(InputBytes source)
    {
        DigestState state = Running();
        try
        {
            state.Update(source);

            // The finalizers of the state and of the session free the driver's context. This keeps them from running during the call when
            // it is the caller's last use of the operation. The other methods do the same.
            GC.KeepAlive(this);
        }
        catch (Exception error)
        {
            // Part of the piece may be hashed already, so a later result would be wrong.
            _final = true;
            Count(state, 0, 0, error is CryptoDevException ? 1 : 0);
            throw;
        }

        Count(state, 0, source.Length, 0);
    }

    /// <summary>Writes the digest of the pieces so far. The operation can go on after it.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="DigestLength"/>.</exception>
    public int Peek(Span<byte> destination)
    {
        DigestState state = Running();
        destination = Cut(destination);
        using DigestState copy = state.Clone();
        try
        {
            copy.Final(destination);
        }
        finally
        {
            Count(copy, 0, 0, 0);
        }

        GC.KeepAlive(this);
        return destination.Length;
    }

    /// <summary>Writes the digest and ends the operation.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">
    /// The destination is shorter than <see cref="DigestLength"/>. The operation has not ended.
    /// </exception>
    /// <exception cref="InvalidOperationException">It was called twice, or an earlier call failed in the driver.</exception>
    public int Final(Span<byte> destination)
    {
        DigestState state = Running();
        destination = Cut(destination);
        _final = true;
        try
        {
            state.Final(destination);
        }
        catch (CryptoDevException)
        {
            Count(state, 0, 0, 1);
            throw;
        }

        // A driver that kept the pieces has counted their bytes only now.
        Count(state, 1, 0, 0);
        GC.KeepAlive(this);
        return destination.Length;
    }

    /// <summary>Copies the running state. The copy and the original are independent.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Final"/> was called, or an earlier call failed in the driver.</exception>
    public DigestOperation Clone()
    {
        DigestOperation copy = new(_session, _counts, Running().Clone());
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>Zeroes and frees the state.</summary>
    public void Dispose() => Interlocked.Exchange(ref _state, null)?.Dispose();

    /// <summary>Counts the message, and not what the driver made of it.</summary>
    private void Count(DigestState state, long operations, long bytes, long failures)
    {
        SessionStatistics counted = state.TakeCounted();
        _counts.Counters.Add(operations - counted.Operations, bytes - counted.Bytes, failures - counted.Failures);
    }

    private DigestState Running()
    {
        DigestState state = _state ?? throw new ObjectDisposedException(typeof(DigestOperation).FullName);
        _session.ThrowIfDisposed();
        return !_final ? state : throw new InvalidOperationException("The operation is over; begin another one.");
    }

    private Span<byte> Cut(Span<byte> destination)
    {
        if (destination.Length < DigestLength)
        {
            CryptOpValidator.ThrowDestination(destination.Length, DigestLength);
        }

        return destination[..DigestLength];
    }
}
