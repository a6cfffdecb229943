using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The running state of one message that is encrypted or decrypted in pieces. Block modes hold back the bytes of an unfinished block; other
/// modes give as many bytes as they take. For one thread at a time. Ends with its session.
/// </summary>
/// <remarks>NIST SP 800-38A modes; BSD has no such thing: there a caller carries the IV from one <c>CIOCCRYPT</c> to the next.</remarks>
public sealed class CipherOperation : IDisposable
{
    private readonly Session _session;
    private readonly CryptoAlgorithm _algorithm;
    private readonly byte[] _pending;
    private readonly uint _firstCounter;
    private CipherState? _state;
    private long _total;
    private int _held;
    private bool _final;

    internal CipherOperation(Session session, CipherState state, ReadOnlySpan<byte> iv)
    {
        _session = session;
        _state = state;
        _algorithm = session.Parameters.Transforms[0].Algorithm;
        _pending = new byte[_algorithm.BlockSize];
        _firstCounter = _algorithm.Chaining == IvChaining.Counter32 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(iv) : 0;
    }

    /// <summary>The bytes that <see cref="Update"/> would write for <paramref name="sourceLength"/> more bytes.</summary>
    public int OutputLength(int sourceLength) => checked(_held + sourceLength) / _algorithm.BlockSize * _algorithm.BlockSize;

    /// <summary>Turns the next piece; returns the bytes written, which for block modes is whole blocks.</summary>
    /// <param name="source">Any length.</param>
    /// <param name="destination">
    /// At least <see cref="OutputLength"/> bytes. The same memory as the source is fine unless bytes are held back; else apart.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The destination is too small or overlaps, or the 32-bit counter of ChaCha20 would wrap.
    /// </exception>
    /// <exception cref="InvalidOperationException">After <see cref="Final"/>.</exception>
    /// <exception cref="ObjectDisposedException">The operation or its session is disposed.</exception>
    /// <exception cref="CryptoDevException">The driver failed; the operation is over.</exception>
    public int Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        CipherState state = Running();
        int written = OutputLength(source.Length);
        if (destination.Length < written)
        {
            CryptOpValidator.ThrowDestination(destination.Length, written);
        }

        if (source.Overlaps(destination[..written], out int offset) && (offset != 0 || _held != 0))
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

            // The state's and the session's finalizers must not come between.
            GC.KeepAlive(this);
        }
        catch
        {
            // How far the driver came is unknown: going on would chain from a wrong IV.
            _final = true;
            throw;
        }

        _total += source.Length;
        return written;
    }

    /// <summary>Ends the message.</summary>
    /// <exception cref="ArgumentException">A block mode was left with an unfinished block; nothing is written for it.</exception>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public void Final()
    {
        Running();
        _final = true;
        if (_held != 0)
        {
            throw new ArgumentException($"{_algorithm} takes messages of a multiple of {_algorithm.BlockSize} bytes; {_total} were given.");
        }
    }

    /// <summary>Clears and frees the state.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pending);
        Interlocked.Exchange(ref _state, null)?.Dispose();
    }

    private CipherState Running()
    {
        CipherState state = _state ?? throw new ObjectDisposedException(nameof(CipherOperation));
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
            // Before the run: in place, it lies right behind what is written.
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
