using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// The two halves of an XTS key. IEEE 1619 has a test vector with equal halves. FIPS 140 requires different ones: kernels refuse equal
/// halves in FIPS mode only, and libcrypto when it encrypts.
/// </summary>
internal static class XtsHalves
{
    /// <summary>Whether this is an XTS key in this process with equal halves.</summary>
    public static bool AreEqual(CryptoTransform transform)
    {
        if (transform.Algorithm.Libcrypto.KeysInKey != 2 || transform.Key is not CryptoKey)
        {
            return false;
        }

        using KeyLease key = new(transform);
        int half = key.Bytes.Length / 2;
        return CryptographicOperations.FixedTimeEquals(key.Bytes[..half], key.Bytes[half..]);
    }

    /// <summary>Refuses sessions with such a key.</summary>
    /// <exception cref="ArgumentException">The halves of a key are equal.</exception>
    public static void RefuseEqual(SessionParameters parameters)
    {
        foreach (CryptoTransform transform in parameters.Transforms)
        {
            if (AreEqual(transform))
            {
                throw new ArgumentException($"The two halves of an {transform.Algorithm} key must differ.", nameof(parameters));
            }
        }
    }
}
