namespace CryptoDev;

/// <summary>
/// One operand or result of a <see cref="KeyOp"/> as the BSD interface has it: a magnitude, least significant byte first, and a count of
/// bits. Bytes are copied in and out; the operation owns them. Safe from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>struct crparam</c>. The buffer has ceil(bits / 8) bytes and the whole buffer is the number: bits of the top byte above
/// the count are not masked off, because the drivers of the BSDs count for themselves too. The digest of DSA is the one operand that is not
/// a number: its bytes stand as the hash gave them.
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

    /// <summary>What it is, for example <c>modulus</c>.</summary>
    public string Name => Op.NameOf(_index);

    /// <summary>The count of bits it was given (<c>crp_nbits</c>).</summary>
    public int Bits => Op.BitsOf(_index);

    /// <summary>Bytes of its buffer: ceil(<see cref="Bits"/> / 8).</summary>
    public int Length => Op.LengthOf(_index);

    /// <summary>
    /// Copies an operand in (<c>crp_p</c>), least significant byte first. A shorter one is followed by zeros. Before the operation runs.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="source"/> is longer than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">It is a result, or the operation has run.</exception>
    /// <exception cref="ObjectDisposedException">The operation is disposed.</exception>
    public void CopyFrom(ReadOnlySpan<byte> source) => Op.CopyIn(_index, source);

    /// <summary>
    /// Copies the <see cref="Length"/> bytes out, least significant first: a result, when the operation has run. Operands are zeroed then.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
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
