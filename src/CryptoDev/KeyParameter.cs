namespace CryptoDev;

/// <summary>
/// One operand or result of a <see cref="KeyOp"/>, in the form of the BSD interface: a magnitude, least significant byte first, and a
/// number of bits. Bytes are copied in and out. The operation owns them. Safe from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>struct crparam</c>. The buffer has ceil(bits / 8) bytes, and the whole buffer is the number. Bits of the top byte above
/// the given number of bits are not masked, because the drivers of the BSDs also count the bits themselves. The digest of DSA is the only
/// operand that is not a number: its bytes are in the order of the hash.
/// </remarks>
public readonly struct KeyParameter
{
    private readonly KeyOp? _op;
    private readonly int _index;

    internal KeyParameter(KeyOp op, int index)
    {
        _op = op;
        _index = index;
    }

    /// <summary>The name of the parameter, for example <c>modulus</c>.</summary>
    public string Name => Op.NameOf(_index);

    /// <summary>The length that it was given, in bits (<c>crp_nbits</c>).</summary>
    public int Bits => Op.BitsOf(_index);

    /// <summary>The length of its buffer in bytes: ceil(<see cref="Bits"/> / 8).</summary>
    public int Length => Op.LengthOf(_index);

    /// <summary>
    /// Copies an operand in (<c>crp_p</c>), least significant byte first. A shorter source is padded with zeros. Call it before the
    /// operation runs.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="source"/> is longer than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">It is a result, or the operation has run.</exception>
    /// <exception cref="ObjectDisposedException">The operation is disposed.</exception>
    public void CopyFrom(InputBytes source) => Op.CopyIn(_index, source);

    /// <summary>
    /// Copies the <see cref="Length"/> bytes out, least significant first. Results are valid after the run. Operands are zero after the
    /// run.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="ObjectDisposedException">The operation is disposed.</exception>
    public void CopyTo(Span<byte> destination) => Op.CopyOut(_index, destination);

    /// <summary>A copy of the bytes, least significant first.</summary>
    /// <exception cref="ObjectDisposedException">The operation is disposed.</exception>
    public byte[] ToArray()
    {
        byte[] copy = new byte[Length];
        CopyTo(copy);
        return copy;
    }

    private KeyOp Op => _op ?? throw new InvalidOperationException("This is no parameter of an operation; KeyOp.GetParameter gives them.");
}
