using System.Numerics;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Makes random operands: every length from 0 up, leading zeros, numbers above the modulus, and moduli that are 1, even, powers of two,
/// composite or prime.
/// </summary>
internal sealed class KeyCaseMaker(Random random)
{
    /// <summary>The length of the long operands. They are rare, because BigInteger is slow.</summary>
    private const int LongBits = 2048;

    private static readonly int[] s_bits =
    [
        0,
        1,
        2,
        3,
        8,
        16,
        31,
        32,
        33,
        63,
        64,
        65,
        127,
        128,
        160,
        251,
        256,
        257,
        384,
        511,
        512,
        768,
        1023,
        1024,
    ];

    public KeyCase Next(KeyOperation operation) =>
        operation switch
        {
            KeyOperation.ModExp => KeyCase.Of(operation, Operand(), Operand(), Padded(Modulus())),
            KeyOperation.ModExpCrt => Crt(),
            KeyOperation.DsaSign => KeyCase.Sign(DsaGroup.Nist, PrivateKey(), Bytes(random.Next(1, 65))),
            KeyOperation.DsaVerify => Verify(),
            KeyOperation.DhComputeKey => Agreement(),
            KeyOperation.ModAddInv or KeyOperation.ModMultInv or KeyOperation.Mod => KeyCase.Of(operation, Operand(), Padded(Modulus())),
            _ => KeyCase.Of(operation, Operand(), Operand(), Padded(Modulus())),
        };

    private KeyCase Crt()
    {
        if (random.Next(2) == 0)
        {
            // Use a key from a document: its parts belong together, and the public exponent checks the result.
            byte[][] key =
            [
                .. new[]
                {
                    KeyKnownAnswerTable.RsaP,
                    KeyKnownAnswerTable.RsaQ,
                    KeyKnownAnswerTable.RsaDp,
                    KeyKnownAnswerTable.RsaDq,
                    KeyKnownAnswerTable.RsaQInverse,
                }.Select(Convert.FromHexString),
            ];
            BigInteger n = KeyCase.Number(key[0]) * KeyCase.Number(key[1]);
            return KeyCase.Of(KeyOperation.ModExpCrt, key[0], key[1], KeyCase.Bytes(2 + (Number(1100) % (n - 4))), key[2], key[3], key[4]);
        }

        // Random parts that are not a key, so only the formula is checked. They are odd numbers of one size, which every driver accepts.
        int bits = random.Next(2) == 0 ? 256 : 512;
        BigInteger p = Number(bits) | 1;
        BigInteger q = Number(bits) | 1;
        return KeyCase.Of(
            KeyOperation.ModExpCrt,
            KeyCase.Bytes(p),
            KeyCase.Bytes(q),
            KeyCase.Bytes(2 + (Number(2 * bits) % ((p * q) - 4))),
            KeyCase.Bytes(Number(bits) % p),
            KeyCase.Bytes(Number(bits) % q),
            KeyCase.Bytes(Number(bits) % p)
        );
    }

    private KeyCase Verify()
    {
        DsaGroup group = DsaGroup.Nist;
        byte[] digest = Bytes(random.Next(1, 65));
        BigInteger privateKey = PrivateKey();
        BigInteger r;
        BigInteger s;
        do
        {
            BigInteger nonce = PrivateKey();
            r = BigInteger.ModPow(group.G, nonce, group.P) % group.Q;
            s = KeyArithmetic.Inverse(nonce, group.Q)!.Value * (group.NumberOf(digest) + (privateKey * r)) % group.Q;
        } while (r.IsZero || s.IsZero);

        switch (random.Next(6))
        {
            case 0:
                digest[0] ^= 1;
                break;
            case 1:
                r ^= 1;
                break;
            case 2:
                s = group.Q - s;
                break;
            case 3:
                r += group.Q;
                break;
            default:
                break;
        }

        return KeyCase.Verify(group, BigInteger.ModPow(group.G, privateKey, group.P), digest, r, s);
    }

    private KeyCase Agreement()
    {
        BigInteger prime = random.Next(3) == 0 ? DsaGroup.Nist.P : BigInteger.Max(Modulus(), 5) | 1;
        BigInteger publicKey = 2 + (Number(LongBits) % (prime - 3));
        return KeyCase.Of(KeyOperation.DhComputeKey, Padded(Number(random.Next(1, 300))), Padded(publicKey), Padded(prime));
    }

    private BigInteger PrivateKey() => 1 + (Number(320) % (DsaGroup.Nist.Q - 1));

    private BigInteger Modulus()
    {
        BigInteger modulus = BigInteger.Max(Number(Bits()), 1);
        return random.Next(6) switch
        {
            0 => BigInteger.Max(modulus & ~BigInteger.One, 2),
            1 => BigInteger.One << (int)(modulus.GetBitLength() - 1),
            2 => DsaGroup.Nist.Q,
            _ => modulus,
        };
    }

    private byte[] Operand() => Padded(Number(Bits()));

    private int Bits() => random.Next(40) == 0 ? LongBits : s_bits[random.Next(s_bits.Length)];

    private byte[] Padded(BigInteger number)
    {
        byte[] bytes = KeyCase.Bytes(number);
        return random.Next(4) == 0 ? [.. new byte[random.Next(1, 9)], .. bytes] : bytes;
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A random number with exactly that many bits.</summary>
    private BigInteger Number(int bits)
    {
        if (bits == 0)
        {
            return BigInteger.Zero;
        }

        BigInteger top = BigInteger.One << (bits - 1);
        return top + (new BigInteger(Bytes((bits + 7) / 8), isUnsigned: true) % top);
    }
}
