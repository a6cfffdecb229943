using CryptoDev.Native;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// base^exponent for any modulus. The time depends on the lengths in words and, for an even modulus, on how many times 2 divides it. It
/// never depends on base or exponent.
/// </summary>
internal static class ModularPower
{
    public static BigNumHandle Compute(BigNumWorkspace work, BigNumHandle value, BigNumHandle exponent, BigNumHandle modulus)
    {
        if (modulus.IsOne)
        {
            return work.Word(0);
        }

        // The number is always reduced, also when it is below the modulus. libcrypto would reduce it only when needed, and that is visible
        // in the time.
        return modulus.IsOdd ? work.Power(work.Mod(value, modulus), exponent, modulus) : ComputeEven(work, value, exponent, modulus);
    }

    /// <summary>Two powers of numbers below their moduli. They are computed side by side where the processor supports it.</summary>
    public static (BigNumHandle First, BigNumHandle Second) ComputeTwo(
        BigNumWorkspace work,
        (BigNumHandle Value, BigNumHandle Exponent, BigNumHandle Modulus) first,
        (BigNumHandle Value, BigNumHandle Exponent, BigNumHandle Modulus) second
    ) =>
        first.Modulus.IsOdd && !first.Modulus.IsOne && second.Modulus.IsOdd && !second.Modulus.IsOne
            ? work.TwoPowers(first, second)
            : (Compute(work, first.Value, first.Exponent, first.Modulus), Compute(work, second.Value, second.Exponent, second.Modulus));

    /// <summary>
    /// libcrypto's constant-time routine takes odd moduli only. With modulus = odd * 2^t, x1 and x2 are a^e modulo odd and modulo 2^t. Then
    /// x = x1 + odd * ((x2 - x1) / odd mod 2^t).
    /// </summary>
    private static BigNumHandle ComputeEven(BigNumWorkspace work, BigNumHandle value, BigNumHandle exponent, BigNumHandle modulus)
    {
        int twos = modulus.TrailingZeros;
        BigNumHandle odd = work.ShiftRight(modulus, twos);
        BigNumHandle moduloOdd = Compute(work, value, exponent, odd);
        using PowerOfTwoRing ring = new(twos);
        Span<ulong> power = ring.New();
        ring.Power(ring.Load(value), Exponent(exponent), power);
        Span<ulong> difference = ring.New();
        ring.Subtract(power, ring.Load(moduloOdd), difference);
        Span<ulong> quotient = ring.New();
        ring.Multiply(difference, ring.Inverse(ring.Load(odd)), quotient);
        return work.Add(moduloOdd, work.Multiply(odd, ring.Store(quotient, work)));

        ReadOnlySpan<byte> Exponent(BigNumHandle number)
        {
            Span<byte> bytes = ring.NewBytes((number.Bits + 63) / 64 * 8);
            number.TryWrite(bytes);
            return bytes;
        }
    }
}
