using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The running state of one digest or MAC. For one thread at a time; <see cref="Clone"/> makes another that goes on by itself. Ends with
/// its session.
/// </summary>
/// <remarks>BSD original: <c>COP_FLAG_UPDATE</c>, <c>COP_FLAG_FINAL</c> and <c>CIOCCPHASH</c> of cryptodev-linux.</remarks>
public sealed class DigestOperation : IDisposable
{
    private readonly Session _session;
    private DigestState? _state;
    private bool _final;

    internal DigestOperation(Session session, DigestState state)
    {
        _session = session;
        _state = state;
    }

    /// <summary>Bytes that <see cref="Final"/> and <see cref="Peek"/> write.</summary>
    public int DigestLength => _session.TagLength;

    /// <summary>Hashes the next piece, of any length.</summary>
    /// <exception cref="InvalidOperationException">After <see cref="Final"/>.</exception>
    /// <exception cref="CryptoDevException">The driver failed; the operation is over.</exception>
    public void Update(ReadOnlySpan<byte> source)
    {
        DigestState state = Running();
        try
        {
            state.Update(source);

            // The state owns a context that its finalizer takes away, and so does the session: neither may run in the middle of the call,
            // where the caller's last use of the operation is this one. The same below.
            GC.KeepAlive(this);
        }
        catch
        {
            // Part of the piece may be hashed already: a result from here on would be wrong.
            _final = true;
            throw;
        }
    }

    /// <summary>Writes the digest of what has passed so far and leaves the state running.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="DigestLength"/>.</exception>
    public int Peek(Span<byte> destination)
    {
        DigestState state = Running();
        destination = Cut(destination);
        using DigestState copy = state.Clone();
        copy.Final(destination);
        GC.KeepAlive(this);
        return destination.Length;
    }

    /// <summary>Writes the digest and ends the operation.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="DigestLength"/>; the operation goes on.</exception>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public int Final(Span<byte> destination)
    {
        DigestState state = Running();
        destination = Cut(destination);
        _final = true;
        state.Final(destination);
        GC.KeepAlive(this);
        return destination.Length;
    }

    /// <summary>A copy of the running state; both go on independently.</summary>
    /// <exception cref="InvalidOperationException">After <see cref="Final"/>.</exception>
    public DigestOperation Clone()
    {
        DigestOperation copy = new(_session, Running().Clone());
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>Clears and frees the state.</summary>
    public void Dispose() => Interlocked.Exchange(ref _state, null)?.Dispose();

    private DigestState Running()
    {
        DigestState state = _state ?? throw new ObjectDisposedException(nameof(DigestOperation));
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
