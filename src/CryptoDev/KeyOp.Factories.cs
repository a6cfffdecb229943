using CryptoDev.Framework;

namespace CryptoDev;

/// <content>
/// Builds an operation from named big-endian operands. Leading zeros are allowed and removed. No bytes are the number zero.
/// </content>
public sealed partial class KeyOp
{
    /// <summary>
    /// <paramref name="baseValue"/>^<paramref name="exponent"/> mod <paramref name="modulus"/>. 0^0 is 1. Modulo 1 every result is 0. The
    /// modulus may be even.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// An operand has more than <see cref="MaxOperandBits"/> bits, or the modulus is 0. The exception names the operand.
    /// </exception>
    public static KeyOp ModExp(InputBytes baseValue, InputBytes exponent, InputBytes modulus) =>
        new Builder(KeyOperation.ModExp).Add(baseValue).Add(exponent).Add(modulus).Build();

    /// <summary>
    /// <paramref name="message"/>^d mod pq, from the parts of an RSA private key. If the parts belong to one key, the calculation is
    /// blinded and checked with the public exponent. A <paramref name="qInverse"/> that is not the inverse of q is then refused with
    /// <c>EINVAL</c> when the operation is processed. Otherwise the calculation is done twice and the results are compared.
    /// </summary>
    /// <param name="p">The first prime.</param>
    /// <param name="q">The second prime.</param>
    /// <param name="message">The number to raise. It is taken modulo pq.</param>
    /// <param name="dp">d mod (p - 1).</param>
    /// <param name="dq">d mod (q - 1).</param>
    /// <param name="qInverse">q^-1 mod p.</param>
    /// <exception cref="ArgumentException">
    /// An operand has more than <see cref="MaxOperandBits"/> bits, or a prime is 0. The exception names the operand.
    /// </exception>
    public static KeyOp ModExpCrt(InputBytes p, InputBytes q, InputBytes message, InputBytes dp, InputBytes dq, InputBytes qInverse) =>
        new Builder(KeyOperation.ModExpCrt).Add(p).Add(q).Add(message).Add(dp).Add(dq).Add(qInverse).Build();

    /// <summary>Signs a digest. The results are r and s.</summary>
    /// <param name="digest">The digest of the message, in the byte order of the hash.</param>
    /// <param name="p">The prime modulus.</param>
    /// <param name="q">The prime order of the subgroup.</param>
    /// <param name="g">The generator of the subgroup.</param>
    /// <param name="privateKey">x, between 1 and q - 1.</param>
    /// <param name="nonce">How the secret number of the signature is made.</param>
    /// <exception cref="ArgumentException">An operand is outside its range. The exception names it.</exception>
    public static KeyOp DsaSign(
        InputBytes digest,
        InputBytes p,
        InputBytes q,
        InputBytes g,
        InputBytes privateKey,
        DsaNonce nonce = DsaNonce.Deterministic
    ) =>
        new Builder(KeyOperation.DsaSign) { Nonce = nonce }
            .Add(digest)
            .Add(p)
            .Add(q)
            .Add(g)
            .Add(privateKey)
            .Build();

    /// <summary>Verifies a signature. <see cref="KeyResult.IsValid"/> has the answer.</summary>
    /// <param name="digest">The digest of the message, in the byte order of the hash.</param>
    /// <param name="p">The prime modulus.</param>
    /// <param name="q">The prime order of the subgroup.</param>
    /// <param name="g">The generator of the subgroup.</param>
    /// <param name="publicKey">y.</param>
    /// <param name="r">The first number of the signature. If it is out of range, of any length, the signature is not valid.</param>
    /// <param name="s">The second number of the signature. If it is out of range, of any length, the signature is not valid.</param>
    /// <exception cref="ArgumentException">An operand other than r and s is outside its range. The exception names it.</exception>
    public static KeyOp DsaVerify(
        InputBytes digest,
        InputBytes p,
        InputBytes q,
        InputBytes g,
        InputBytes publicKey,
        InputBytes r,
        InputBytes s
    ) => new Builder(KeyOperation.DsaVerify).Add(digest).Add(p).Add(q).Add(g).Add(publicKey).Add(r).Add(s).Build();

    /// <summary>The shared value <paramref name="publicKey"/>^<paramref name="privateKey"/> mod <paramref name="prime"/>.</summary>
    /// <param name="privateKey">The own secret. It is not 0.</param>
    /// <param name="publicKey">The public value of the other party, between 2 and prime - 2.</param>
    /// <param name="prime">The prime modulus.</param>
    /// <exception cref="ArgumentException">An operand is outside its range. The exception names it.</exception>
    public static KeyOp DhComputeKey(InputBytes privateKey, InputBytes publicKey, InputBytes prime) =>
        new Builder(KeyOperation.DhComputeKey).Add(privateKey).Add(publicKey).Add(prime).Build();

    /// <summary>(<paramref name="a"/> + <paramref name="b"/>) mod <paramref name="modulus"/>.</summary>
    /// <exception cref="ArgumentException">
    /// An operand has more than <see cref="MaxOperandBits"/> bits, or the modulus is 0. The exception names the operand.
    /// </exception>
    public static KeyOp ModAdd(InputBytes a, InputBytes b, InputBytes modulus) =>
        new Builder(KeyOperation.ModAdd).Add(a).Add(b).Add(modulus).Build();

    /// <summary>-<paramref name="a"/> mod <paramref name="modulus"/>.</summary>
    /// <inheritdoc cref="ModAdd"/>
    public static KeyOp ModAddInv(InputBytes a, InputBytes modulus) => new Builder(KeyOperation.ModAddInv).Add(a).Add(modulus).Build();

    /// <summary>(<paramref name="a"/> - <paramref name="b"/>) mod <paramref name="modulus"/>, never negative.</summary>
    /// <inheritdoc cref="ModAdd"/>
    public static KeyOp ModSub(InputBytes a, InputBytes b, InputBytes modulus) =>
        new Builder(KeyOperation.ModSub).Add(a).Add(b).Add(modulus).Build();

    /// <summary><paramref name="a"/> * <paramref name="b"/> mod <paramref name="modulus"/>.</summary>
    /// <inheritdoc cref="ModAdd"/>
    public static KeyOp ModMult(InputBytes a, InputBytes b, InputBytes modulus) =>
        new Builder(KeyOperation.ModMult).Add(a).Add(b).Add(modulus).Build();

    /// <summary>
    /// The inverse of <paramref name="a"/> modulo <paramref name="modulus"/>. If there is none, processing fails with <c>EDOM</c>.
    /// </summary>
    /// <inheritdoc cref="ModAdd"/>
    public static KeyOp ModMultInv(InputBytes a, InputBytes modulus) => new Builder(KeyOperation.ModMultInv).Add(a).Add(modulus).Build();

    /// <summary><paramref name="a"/> mod <paramref name="modulus"/>.</summary>
    /// <inheritdoc cref="ModAdd"/>
    public static KeyOp Mod(InputBytes a, InputBytes modulus) => new Builder(KeyOperation.Mod).Add(a).Add(modulus).Build();

    /// <summary>Collects spans, which no list can hold, and copies them when all their lengths are known.</summary>
    private ref struct Builder(KeyOperation operation)
    {
        private readonly KeyOperationFacts _facts = KeyOperationTable.Find(operation)!;
        private Operands _operands;
        private int _count;

        public DsaNonce Nonce { get; init; }

        public Builder Add(ReadOnlySpan<byte> bigEndian)
        {
            KeyOperand operand = _facts.Inputs[_count];
            ReadOnlySpan<byte> significant = operand.IsDigest ? bigEndian : bigEndian.TrimStart((byte)0);
            if (_facts.IsJudged(_count))
            {
                // A parameter of this length is larger than every modulus, so more bytes are not needed.
                significant = significant[..Math.Min(significant.Length, MaxParameterBits / 8)];
            }
            else if (significant.Length > MaxOperandBits / 8)
            {
                throw new ArgumentException(
                    $"{operand.Name} has {significant.Length} bytes without its leading zeros; at most {MaxOperandBits / 8} "
                        + $"({MaxOperandBits} bits) are allowed.",
                    operand.Name
                );
            }

            _operands.Set(_count++, significant);
            return this;
        }

        public readonly KeyOp Build()
        {
            Span<int> inputBits = stackalloc int[_count];
            for (int i = 0; i < _count; i++)
            {
                inputBits[i] = _facts.Inputs[i].IsDigest ? _operands.Get(i).Length * 8 : LittleEndian.BitsOfReversed(_operands.Get(i));
            }

            Span<int> outputBits = stackalloc int[_facts.Outputs.Count];
            foreach (int source in _facts.OutputsSizedBy)
            {
                foreach (ref int bits in outputBits)
                {
                    bits += inputBits[source];
                }
            }

            KeyOp op = new(_facts, inputBits, outputBits, fromParameters: false) { Nonce = Nonce };
            for (int i = 0; i < _count; i++)
            {
                Span<byte> bytes = op.DangerousBytes(i);
                _operands.Get(i).CopyTo(bytes);
                if (!_facts.Inputs[i].IsDigest)
                {
                    bytes.Reverse();
                }
            }

            if (op.FindFault() is { } fault)
            {
                op.Dispose();
                throw fault.ToException();
            }

            return op;
        }
    }

    /// <summary>Up to seven spans.</summary>
    private ref struct Operands
    {
        private ReadOnlySpan<byte> _0;
        private ReadOnlySpan<byte> _1;
        private ReadOnlySpan<byte> _2;
        private ReadOnlySpan<byte> _3;
        private ReadOnlySpan<byte> _4;
        private ReadOnlySpan<byte> _5;
        private ReadOnlySpan<byte> _6;

        public void Set(int index, ReadOnlySpan<byte> value)
        {
            switch (index)
            {
                case 0:
                    _0 = value;
                    break;
                case 1:
                    _1 = value;
                    break;
                case 2:
                    _2 = value;
                    break;
                case 3:
                    _3 = value;
                    break;
                case 4:
                    _4 = value;
                    break;
                case 5:
                    _5 = value;
                    break;
                default:
                    _6 = value;
                    break;
            }
        }

        public readonly ReadOnlySpan<byte> Get(int index) =>
            index switch
            {
                0 => _0,
                1 => _1,
                2 => _2,
                3 => _3,
                4 => _4,
                5 => _5,
                _ => _6,
            };
    }
}
