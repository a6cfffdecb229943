using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// base^exponent by KEYCTL_DH_COMPUTE. The call is a general modular exponentiation: it requires neither a prime nor an odd modulus.
/// </summary>
internal static class KeyringPower
{
    /// <summary>
    /// Linux refuses a modulus of fewer than 192 bytes, and operands longer than the modulus. Leading zeros in the modulus avoid both.
    /// </summary>
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

        // The kernel writes whole words. One more word is spare, for kernels with another word size.
        Span<byte> power = work.Buffer((LittleEndian.Bits(modulus) / 64 * 8) + 16);
        int length = work.Demand(PrivateKeyringHandle.Power(exponentKey, modulusKey, baseKey, power, out Errno error), error);
        Span<byte> number = power[..length];
        number.Reverse();
        if (!number.ContainsAnyExcept((byte)0) && !MayBeZero(baseValue, exponent, modulus))
        {
            // Up to Linux 7.2 the kernel does not report a failure inside the multiplication. It returns the length, and the result is
            // zeros.
            throw new CryptoDevException(
                LibC.EIO,
                KeyringDriver.Name,
                operation,
                "the kernel's calculation failed without an error; it may be out of memory."
            );
        }

        return Write(number, result);
    }

    /// <summary>Copies a number into a buffer and pads it with zeros.</summary>
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
    /// Whether the modulus divides the power. A prime divides the modulus at most as many times as the modulus has bits. So a longer
    /// exponent gives the same answer as that number. Without libcrypto this cannot be computed, and then a zero result is not accepted.
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
            // BigInteger is not used, because its numbers stay on the managed heap. Where the kernel failed, this base may be a secret.
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
