using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Running cipher state that is kept here instead of in a driver. Every piece is one message with an explicit IV. The next IV is computed
/// from the input and output of the piece. Some kernels chain IVs wrongly in some modes, so only this chaining is right on all of them.
/// </summary>
internal sealed class ChainedCipherState : CipherState
{
    private readonly DriverSession _driver;
    private readonly CryptoAlgorithm _algorithm;
    private readonly CryptDirection _direction;
    private readonly int _block;
    private readonly byte[] _iv;

    // A stream mode may stop inside a block. These are the input and output of that block so far. They are processed again in front of the
    // next piece.
    private readonly byte[] _partialIn;
    private readonly byte[] _partialOut;
    private int _partial;
    private SessionStatistics _counted;

    public ChainedCipherState(DriverSession driver, CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv)
    {
        if (algorithm.Chaining is IvChaining.InTransform or IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"The state of {algorithm} cannot be carried in an IV.");
        }

        _driver = driver;
        _direction = direction;
        _algorithm = algorithm;
        _block = algorithm.ChainBlockSize;
        _iv = iv.ToArray();
        _partialIn = new byte[_block];
        _partialOut = new byte[_block];
    }

    public override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (_partial > 0)
        {
            int taken = Math.Min(_block - _partial, source.Length);
            RunPartial(source[..taken], destination);
            source = source[taken..];
            destination = destination[taken..];
        }

        int whole = source.Length - (source.Length % _block);
        Run(_iv, source[..whole], destination[..whole]);
        source = source[whole..];
        destination = destination[whole..];
        if (!source.IsEmpty)
        {
            RunPartial(source, destination);
        }
    }

    public override SessionStatistics TakeCounted()
    {
        SessionStatistics counted = _counted;
        _counted = default;
        return counted;
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_iv);
        CryptographicOperations.ZeroMemory(_partialIn);
        CryptographicOperations.ZeroMemory(_partialOut);
    }

    /// <summary>
    /// Processes the block again from its start, with the bytes so far in front. In stream modes the output at a position depends only on
    /// the input at that position and on the IV.
    /// </summary>
    private void RunPartial(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source.CopyTo(_partialIn.AsSpan(_partial));
        int end = _partial + source.Length;
        Span<byte> iv = stackalloc byte[_iv.Length];
        _iv.CopyTo(iv);
        Run(iv, _partialIn.AsSpan(0, end), _partialOut.AsSpan(0, end));
        _partialOut.AsSpan(_partial, source.Length).CopyTo(destination);
        _partial = end;
        if (_partial == _block)
        {
            iv.CopyTo(_iv);
            _partial = 0;
        }
    }

    private void Run(Span<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        long pieces = 0;
        long bytes = 0;
        long failures = 0;
        try
        {
            PieceRunner.Run(_driver, _algorithm, _direction, iv, source, destination, ref pieces, ref bytes);
        }
        catch (CryptoDevException)
        {
            failures = 1;
            throw;
        }
        finally
        {
            _counted += new SessionStatistics(pieces, bytes, failures);
        }
    }
}
