namespace CryptoDev;

/// <summary>
/// One operand or result of a <see cref="KeyOp"/> as the BSD interface has it: a magnitude, least significant byte first, and a count of
/// bits. A view.
/// </summary>
/// <remarks>
/// BSD original: <c>struct crparam</c>. The buffer has ceil(bits / 8) bytes and the whole buffer is the number: bits of the top byte above
/// the count are not
/// masked off, because the drivers of the BSDs count for themselves too. The digest of DSA is the one operand that is not a number: its
/// bytes stand as the hash gave them.
/// </remarks>
public readonly ref struct KeyParameter
{
    internal KeyParameter(string name, int bits, Span<byte> bytes)
    {
        Name = name;
        Bits = bits;
        Bytes = bytes;
    }

    /// <summary>What it is, for example <c>modulus</c>.</summary>
    public string Name { get; }

    /// <summary>The count of bits it was given (<c>crp_nbits</c>).</summary>
    public int Bits { get; }

    /// <summary>
    /// The bytes, least significant first (<c>crp_p</c>): inputs to be written before the operation runs, outputs to be read afterwards.
    /// </summary>
    public Span<byte> Bytes { get; }
}
