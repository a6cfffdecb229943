using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// base^exponent by KEYCTL_DH_COMPUTE, which is a general modular exponentiation: neither primes nor odd moduli are asked for.
/// </summary>
internal static class KeyringPower
{
    /// <summary>Linux refuses a modulus payload under 192 bytes, and operands longer than it; zeros before it cure both.</summary>
    private const int ShortestModulus = 192;

    /// <summary>Writes base^exponent mod modulus, all numbers least significant byte first.</summary>
    public static int Compute(
        string operation,
        ReadOnlySpan<byte> baseValue,
        ReadOnlySpan<byte> exponent,
        ReadOnlySpan<byte> modulus,
        Span<byte> result
    )
    {
        using KeyringWork work = new(operation);
        ReadOnlySpan<byte> baseBytes = work.BigEndian(baseValue);
        ReadOnlySpan<byte> exponentBytes = work.BigEndian(exponent);
        ReadOnlySpan<byte> modulusBytes = work.BigEndian(
            modulus,
            Math.Max(ShortestModulus, Math.Max(baseBytes.Length, exponentBytes.Length))
        );
        int baseKey = work.AddKey("user", baseBytes);
        int exponentKey = work.AddKey("user", exponentBytes);
        int modulusKey = work.AddKey("user", modulusBytes);

        // Whole words of the kernel; one spare for kernels whose word is not ours.
        Span<byte> power = work.Buffer((LittleEndian.Bits(modulus) / 64 * 8) + 16);
        int length = work.Demand(PrivateKeyringHandle.Power(exponentKey, modulusKey, baseKey, power, out Errno error), error);
        Span<byte> number = power[..length];
        number.Reverse();
        if (!number.ContainsAnyExcept((byte)0) && !MayBeZero(baseValue, exponent, modulus))
        {
            // Linux to 7.2: a failure inside the multiplication is not reported, the length and zeros are.
            throw new CryptoDevException(
                LibC.EIO,
                KeyringDriver.Name,
                operation,
                "the kernel's calculation failed without an error; it may be out of memory."
            );
        }

        return Write(number, result);
    }

    /// <summary>Copies a number into its room.</summary>
    public static int Write(ReadOnlySpan<byte> littleEndian, Span<byte> result)
    {
        ReadOnlySpan<byte> significant = littleEndian.TrimEnd((byte)0);
        if (significant.Length > result.Length)
        {
            return LibC.ERANGE;
        }

        result.Clear();
        significant.CopyTo(result);
        return 0;
    }

    /// <summary>
    /// Whether the modulus divides the power. No prime divides the modulus more often than it has bits, so a longer exponent is as good as
    /// that. Without libcrypto it cannot be told, and then no zero is believed.
    /// </summary>
    internal static bool MayBeZero(ReadOnlySpan<byte> baseValue, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus)
    {
        if (LibCryptoContext.Instance.Error is not null)
        {
            return false;
        }

        int times = LittleEndian.Bits(modulus);
        if (LittleEndian.Bits(exponent) <= 16)
        {
            times = Math.Min(times, (exponent.Length > 0 ? exponent[0] : 0) | (exponent.Length > 1 ? exponent[1] << 8 : 0));
        }

        try
        {
            // Not BigInteger, whose numbers stay on the managed heap: where the kernel failed, this base may be a secret.
            using BigNumWorkspace work = new();
            BigNumHandle m = work.Load(modulus);
            BigNumHandle a = work.Load(baseValue);
            BigNumHandle power = work.Mod(work.Word(1), m);
            for (int bit = 15; bit >= 0; bit--)
            {
                power = work.ModMultiply(power, power, m);
                power = (times >> bit & 1) == 0 ? power : work.ModMultiply(power, a, m);
            }

            return power.IsZero;
        }
        catch (LibCryptoException)
        {
            return false;
        }
    }
}
