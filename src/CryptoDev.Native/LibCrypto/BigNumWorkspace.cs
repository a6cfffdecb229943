namespace CryptoDev.Native;

/// <summary>
/// The numbers of one calculation and the operations on them. It owns every number that it returns and clears them all when disposed. Every
/// method throws <see cref="LibCryptoException"/> if libcrypto fails (out of memory or of random bits). Not thread-safe.
/// </summary>
internal sealed unsafe class BigNumWorkspace : IDisposable
{
    private readonly BigNumContextHandle _scratch = new();
    private readonly List<LibCryptoHandle> _owned = [];

    /// <summary>Makes a number from its little-endian bytes.</summary>
    public BigNumHandle Load(ReadOnlySpan<byte> littleEndian)
    {
        BigNumHandle number = New();
        number.Read(littleEndian);
        return number;
    }

    public BigNumHandle Word(uint value)
    {
        BigNumHandle number = New();
        Demand(LibCrypto.BN_set_word(number.Pointer, value));
        return number;
    }

    /// <summary>a - word. The result must not be negative.</summary>
    public BigNumHandle Less(BigNumHandle a, uint word)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_copy(result.Pointer, a.Pointer) != 0 ? LibCrypto.BN_sub_word(result.Pointer, word) : 0);
        return result;
    }

    public BigNumHandle Add(BigNumHandle a, BigNumHandle b)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_add(result.Pointer, a.Pointer, b.Pointer));
        return result;
    }

    public BigNumHandle Multiply(BigNumHandle a, BigNumHandle b)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_mul(result.Pointer, a.Pointer, b.Pointer, _scratch.Pointer));
        return result;
    }

    public BigNumHandle ShiftRight(BigNumHandle a, int bits)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_rshift(result.Pointer, a.Pointer, bits));
        return result;
    }

    public BigNumHandle Mod(BigNumHandle a, BigNumHandle modulus)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_nnmod(result.Pointer, a.Pointer, modulus.Pointer, _scratch.Pointer));
        return result;
    }

    public BigNumHandle ModAdd(BigNumHandle a, BigNumHandle b, BigNumHandle modulus)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_mod_add(result.Pointer, a.Pointer, b.Pointer, modulus.Pointer, _scratch.Pointer));
        return result;
    }

    public BigNumHandle ModSubtract(BigNumHandle a, BigNumHandle b, BigNumHandle modulus)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_mod_sub(result.Pointer, a.Pointer, b.Pointer, modulus.Pointer, _scratch.Pointer));
        return result;
    }

    public BigNumHandle ModMultiply(BigNumHandle a, BigNumHandle b, BigNumHandle modulus)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_mod_mul(result.Pointer, a.Pointer, b.Pointer, modulus.Pointer, _scratch.Pointer));
        return result;
    }

    /// <summary>
    /// a * b mod the context's modulus. Both must be below the modulus. The executed instructions do not depend on the values.
    /// </summary>
    public BigNumHandle MontgomeryMultiply(BigNumHandle a, BigNumHandle b, MontgomeryContextHandle modulus)
    {
        BigNumHandle lifted = New();
        BigNumHandle result = New();
        Demand(LibCrypto.BN_to_montgomery(lifted.Pointer, a.Pointer, modulus.Pointer, _scratch.Pointer));
        Demand(LibCrypto.BN_mod_mul_montgomery(result.Pointer, lifted.Pointer, b.Pointer, modulus.Pointer, _scratch.Pointer));
        return result;
    }

    public MontgomeryContextHandle Montgomery(BigNumHandle oddModulus) => Own(new MontgomeryContextHandle(oddModulus, _scratch));

    /// <summary>The inverse of a modulo a modulus above 1. Null if there is none.</summary>
    public BigNumHandle? Inverse(BigNumHandle a, BigNumHandle modulus)
    {
        BigNumHandle result = New();
        if (LibCrypto.BN_mod_inverse(result.Pointer, a.Pointer, modulus.Pointer, _scratch.Pointer) != 0)
        {
            return result;
        }

        LibCrypto.ClearErrors();
        return null;
    }

    /// <summary>a^exponent modulo an odd modulus above 1. The time depends on the lengths in words, not on the values.</summary>
    public BigNumHandle Power(BigNumHandle a, BigNumHandle exponent, BigNumHandle oddModulus, MontgomeryContextHandle? montgomery = null)
    {
        BigNumHandle result = New();
        Demand(
            LibCrypto.BN_mod_exp_mont_consttime(
                result.Pointer,
                a.Pointer,
                exponent.Pointer,
                oddModulus.Pointer,
                _scratch.Pointer,
                montgomery?.Pointer ?? 0
            )
        );
        return result;
    }

    /// <summary>
    /// Two powers like those of <see cref="Power"/>, of numbers below their moduli. With AVX-512 IFMA libcrypto computes both at once if it
    /// supports their length (1024 bits in libcrypto 3.0). That takes less time than one power takes otherwise.
    /// </summary>
    public (BigNumHandle First, BigNumHandle Second) TwoPowers(
        (BigNumHandle Value, BigNumHandle Exponent, BigNumHandle OddModulus) first,
        (BigNumHandle Value, BigNumHandle Exponent, BigNumHandle OddModulus) second
    )
    {
        BigNumHandle one = New();
        BigNumHandle two = New();
        Demand(
            LibCrypto.BN_mod_exp_mont_consttime_x2(
                one.Pointer,
                first.Value.Pointer,
                first.Exponent.Pointer,
                first.OddModulus.Pointer,
                0,
                two.Pointer,
                second.Value.Pointer,
                second.Exponent.Pointer,
                second.OddModulus.Pointer,
                0,
                _scratch.Pointer
            )
        );
        return (one, two);
    }

    /// <summary>
    /// a^exponent for a below the context's modulus and an odd public exponent. The time reveals the exponent, but nothing about a.
    /// </summary>
    public BigNumHandle PublicPower(BigNumHandle a, BigNumHandle exponent, MontgomeryContextHandle modulus)
    {
        BigNumHandle lifted = New();
        BigNumHandle power = New();
        Demand(LibCrypto.BN_to_montgomery(lifted.Pointer, a.Pointer, modulus.Pointer, _scratch.Pointer));
        Demand(LibCrypto.BN_copy(power.Pointer, (exponent.IsOne ? a : lifted).Pointer) != 0 ? 1 : 0);
        for (int bit = exponent.Bits - 2; bit >= 0; bit--)
        {
            Demand(LibCrypto.BN_mod_mul_montgomery(power.Pointer, power.Pointer, power.Pointer, modulus.Pointer, _scratch.Pointer));
            if (exponent.IsBitSet(bit))
            {
                // The last factor is the plain number, not its Montgomery form. So this multiplication also converts the product back.
                Demand(
                    LibCrypto.BN_mod_mul_montgomery(
                        power.Pointer,
                        power.Pointer,
                        (bit == 0 ? a : lifted).Pointer,
                        modulus.Pointer,
                        _scratch.Pointer
                    )
                );
            }
        }

        return power;
    }

    /// <summary>a^m * b^n modulo an odd modulus. For public numbers only, because the time reveals them.</summary>
    public BigNumHandle PublicDoublePower(BigNumHandle a, BigNumHandle m, BigNumHandle b, BigNumHandle n, BigNumHandle oddModulus)
    {
        BigNumHandle result = New();
        Demand(
            LibCrypto.BN_mod_exp2_mont(result.Pointer, a.Pointer, m.Pointer, b.Pointer, n.Pointer, oddModulus.Pointer, _scratch.Pointer, 0)
        );
        return result;
    }

    /// <summary>A secret random number from 0 up to, but not including, <paramref name="limit"/>.</summary>
    public BigNumHandle RandomBelow(BigNumHandle limit)
    {
        BigNumHandle result = New();
        Demand(LibCrypto.BN_priv_rand_range_ex(result.Pointer, limit.Pointer, 0, _scratch.Pointer));
        return result;
    }

    public void Dispose()
    {
        _owned.ForEach(handle => handle.Dispose());
        _scratch.Dispose();
    }

    private BigNumHandle New() => Own(new BigNumHandle());

    private T Own<T>(T handle)
        where T : LibCryptoHandle
    {
        _owned.Add(handle);
        return handle;
    }

    private static void Demand(int result)
    {
        if (result != 1)
        {
            throw new LibCryptoException(LibCrypto.TakeError());
        }
    }
}
