using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Running cipher state kept here instead of in a driver: every piece is one message with an explicit IV, and the next IV is computed from
/// what passed by.
/// Kernels chain IVs wrongly in some modes, so this is also the only chaining that is right on all of them.
/// </summary>
internal sealed class ChainedCipherState : CipherState
{
    private readonly DriverSession _driver;
    private readonly CryptDirection _direction;
    private readonly IvChaining _chaining;
    private readonly int _block;
    private readonly byte[] _iv;

    // A stream mode may stop inside a block: what went in and came out of the block so far, to be run again in front of the next piece.
    private readonly byte[] _partialIn;
    private readonly byte[] _partialOut;
    private int _partial;

    public ChainedCipherState(DriverSession driver, CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv)
    {
        if (algorithm.Chaining is IvChaining.InTransform or IvChaining.WholeMessage)
        {
            throw new InvalidOperationException($"The state of {algorithm} cannot be carried in an IV.");
        }

        _driver = driver;
        _direction = direction;
        _chaining = algorithm.Chaining;
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
        int most = (int)Math.Min(_driver.MaxMessageLength, int.MaxValue);
        most -= most % _block;
        while (whole > 0)
        {
            int piece = Math.Min(whole, most);
            RunWhole(source[..piece], destination[..piece]);
            source = source[piece..];
            destination = destination[piece..];
            whole -= piece;
        }

        if (!source.IsEmpty)
        {
            RunPartial(source, destination);
        }
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_iv);
        CryptographicOperations.ZeroMemory(_partialIn);
        CryptographicOperations.ZeroMemory(_partialOut);
    }

    private void RunWhole(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Before the run: in place, the source is gone afterwards.
        Span<byte> lastIn = stackalloc byte[_block];
        source[^_block..].CopyTo(lastIn);
        Run(source, destination);
        IvChain.Advance(_chaining, _direction, _iv, lastIn, destination[^_block..], source.Length / _block);
    }

    /// <summary>
    /// Runs the block again from its start with the bytes seen so far in front: in stream modes a position's output depends on its own
    /// input and the IV only.
    /// </summary>
    private void RunPartial(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source.CopyTo(_partialIn.AsSpan(_partial));
        int end = _partial + source.Length;
        Run(_partialIn.AsSpan(0, end), _partialOut.AsSpan(0, end));
        _partialOut.AsSpan(_partial, source.Length).CopyTo(destination);
        _partial = end;
        if (_partial == _block)
        {
            IvChain.Advance(_chaining, _direction, _iv, _partialIn, _partialOut, 1);
            _partial = 0;
        }
    }

    private void Run(ReadOnlySpan<byte> source, Span<byte> destination) =>
        _driver.Process(
            new CryptOp
            {
                Direction = _direction,
                Source = source,
                Destination = destination,
                Iv = _iv,
            }
        );
}
