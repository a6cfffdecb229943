using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The running state of one message that is encrypted or decrypted in pieces. Block modes keep the bytes of an unfinished block until the
/// next piece. Other modes write as many bytes as they read. Use it from one thread at a time. Disposing the session ends it. Its methods
/// then throw <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>
/// The modes are those of NIST SP 800-38A. BSD has no such object: a caller there carries the IV from one <c>CIOCCRYPT</c> to the next.
/// </remarks>
public sealed class CipherOperation : IDisposable
{
    private readonly Session _session;
    private readonly ICountingSession _counts;
    private readonly CryptoAlgorithm _algorithm;
    private readonly byte[] _pending;
    private readonly uint _firstCounter;
    private CipherState? _state;
    private long _total;
    private int _held;
    private bool _final;

    internal CipherOperation(Session session, ICountingSession counts, CipherState state, ReadOnlySpan<byte> iv)
    {
        _session = session;
        _counts = counts;
        _state = state;
        _algorithm = session.Parameters.Transforms[0].Algorithm;
        _pending = new byte[_algorithm.BlockSize];
        _firstCounter = _algorithm.Chaining == IvChaining.Counter32 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(iv) : 0;
    }

    /// <summary>The number of bytes that <see cref="Update"/> writes for a piece of <paramref name="sourceLength"/> bytes.</summary>
    public int OutputLength(int sourceLength) => checked(_held + sourceLength) / _algorithm.BlockSize * _algorithm.BlockSize;

    /// <summary>Encrypts or decrypts the next piece. Returns the number of bytes written; for block modes these are whole blocks.</summary>
    /// <param name="source">The piece, of any length.</param>
    /// <param name="destination">
    /// At least <see cref="OutputLength"/> bytes. It may be the same memory as the source while no bytes of an unfinished block are kept.
    /// If some are kept, the two must not overlap. They must never overlap in part.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The destination is too small or overlaps the source, or the 32-bit counter of ChaCha20 would wrap.
    /// </exception>
    /// <exception cref="InvalidOperationException"><see cref="Final"/> was called, or an earlier call failed in the driver.</exception>
    /// <exception cref="ObjectDisposedException">The operation or its session is disposed.</exception>
    /// <exception cref="CryptoDevException">The driver failed. The operation cannot go on.</exception>
    public int Update(InputBytes source, Span<byte> destination)
    {
        CipherState state = Running();
        int written = OutputLength(source.Length);
        if (destination.Length < written)
        {
            CryptOpValidator.ThrowDestination(destination.Length, written);
        }

        if (source.Span.Overlaps(destination[..written], out int offset) && (offset != 0 || _held != 0))
        {
            throw new ArgumentException(
                _held == 0
                    ? $"Source and destination overlap by an offset of {offset} bytes; they must be the same memory or apart."
                    : $"{_held} bytes of an unfinished block are held back, so source and destination must be apart.",
                nameof(destination)
            );
        }

        CheckCounter(source.Length);
        try
        {
            Advance(state, source, destination);

            // Without this, the finalizers of the state and of the session could run during the call.
            GC.KeepAlive(this);
        }
        catch (Exception error)
        {
            // It is unknown how many bytes the driver has processed, so the next piece would use a wrong IV.
            _final = true;
            Count(state, 0, 0, error is CryptoDevException ? 1 : 0);
            throw;
        }

        Count(state, 0, source.Length, 0);
        _total += source.Length;
        return written;
    }

    /// <summary>Ends the message. It writes nothing.</summary>
    /// <exception cref="ArgumentException">A block mode has an unfinished block. Nothing is written for it.</exception>
    /// <exception cref="InvalidOperationException">It was called twice, or an earlier call failed in the driver.</exception>
    public void Final()
    {
        CipherState state = Running();
        _final = true;
        if (_held != 0)
        {
            throw new ArgumentException($"{_algorithm} takes messages of a multiple of {_algorithm.BlockSize} bytes; {_total} were given.");
        }

        Count(state, 1, 0, 0);
    }

    /// <summary>Zeroes and frees the state.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pending);
        Interlocked.Exchange(ref _state, null)?.Dispose();
    }

    /// <summary>Counts the message, and not what the driver made of it.</summary>
    private void Count(CipherState state, long operations, long bytes, long failures)
    {
        SessionStatistics counted = state.TakeCounted();
        _counts.Counters.Add(operations - counted.Operations, bytes - counted.Bytes, failures - counted.Failures);
    }

    private CipherState Running()
    {
        CipherState state = _state ?? throw new ObjectDisposedException(typeof(CipherOperation).FullName);
        _session.ThrowIfDisposed();
        return !_final ? state : throw new InvalidOperationException("The operation is over; begin another one.");
    }

    private void Advance(CipherState state, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_held != 0)
        {
            int taken = Math.Min(_pending.Length - _held, source.Length);
            source[..taken].CopyTo(_pending.AsSpan(_held));
            _held += taken;
            source = source[taken..];
            if (_held < _pending.Length)
            {
                return;
            }

            state.Update(_pending, destination[.._pending.Length]);
            destination = destination[_pending.Length..];
            _held = 0;
        }

        int whole = source.Length - (source.Length % _pending.Length);
        ReadOnlySpan<byte> rest = source[whole..];
        if (!rest.IsEmpty)
        {
            // Copy the rest before the cipher runs: in place, the output may overwrite it.
            rest.CopyTo(_pending);
            _held = rest.Length;
        }

        if (whole != 0)
        {
            state.Update(source[..whole], destination[..whole]);
        }
    }

    private void CheckCounter(int length)
    {
        if (_algorithm.Chaining == IvChaining.Counter32)
        {
            Span<byte> counter = stackalloc byte[sizeof(uint)];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(counter, _firstCounter);
            CryptOpValidator.CheckCounter32(_algorithm, counter, _total + length);
        }
    }
}
