using System.Security.Cryptography;

namespace CryptoDev.Conformance.Support;

/// <summary>What System.Security.Cryptography computes for the rows it has: a second opinion where a machine has one driver only.</summary>
internal static class PlatformOracle
{
    /// <summary>Ciphertext (AEAD: with the tag behind it) or digest; null where the platform lacks the algorithm or the size.</summary>
    public static byte[]? Compute(CryptoAlgorithm algorithm, byte[] key, byte[] iv, byte[] associatedData, byte[] message) =>
        algorithm.Name switch
        {
            "aes-cbc" => Block(Aes.Create(), key, aes => aes.EncryptCbc(message, iv, PaddingMode.None)),
            "aes-ecb" => Block(Aes.Create(), key, aes => aes.EncryptEcb(message, PaddingMode.None)),
            "3des-cbc" when !TripleDES.IsWeakKey(key) => Block(
                TripleDES.Create(),
                key,
                des => des.EncryptCbc(message, iv, PaddingMode.None)
            ),
            "aes-gcm" when iv.Length == 12 => Gcm(key, iv, associatedData, message),
            "aes-ccm" => Ccm(key, iv, associatedData, message),
            "chacha20-poly1305" when System.Security.Cryptography.ChaCha20Poly1305.IsSupported => ChaCha(key, iv, associatedData, message),
            "md5" => MD5.HashData(message),
            "sha1" => SHA1.HashData(message),
            "sha256" => SHA256.HashData(message),
            "sha384" => SHA384.HashData(message),
            "sha512" => SHA512.HashData(message),
            "sha3-256" when SHA3_256.IsSupported => SHA3_256.HashData(message),
            "sha3-384" when SHA3_384.IsSupported => SHA3_384.HashData(message),
            "sha3-512" when SHA3_512.IsSupported => SHA3_512.HashData(message),
            "hmac-md5" => HMACMD5.HashData(key, message),
            "hmac-md5-96" => HMACMD5.HashData(key, message)[..12],
            "hmac-sha1" => HMACSHA1.HashData(key, message),
            "hmac-sha1-96" => HMACSHA1.HashData(key, message)[..12],
            "hmac-sha256" => HMACSHA256.HashData(key, message),
            "hmac-sha384" => HMACSHA384.HashData(key, message),
            "hmac-sha512" => HMACSHA512.HashData(key, message),
            _ => null,
        };

    private static byte[] Block(SymmetricAlgorithm cipher, byte[] key, Func<SymmetricAlgorithm, byte[]> encrypt)
    {
        using (cipher)
        {
            cipher.Key = key;
            return encrypt(cipher);
        }
    }

    private static byte[] Gcm(byte[] key, byte[] iv, byte[] associatedData, byte[] message)
    {
        byte[] output = new byte[message.Length + 16];
        using AesGcm cipher = new(key, 16);
        cipher.Encrypt(iv, message, output.AsSpan(0, message.Length), output.AsSpan(message.Length), associatedData);
        return output;
    }

    private static byte[] Ccm(byte[] key, byte[] iv, byte[] associatedData, byte[] message)
    {
        byte[] output = new byte[message.Length + 16];
        using AesCcm cipher = new(key);
        cipher.Encrypt(iv, message, output.AsSpan(0, message.Length), output.AsSpan(message.Length), associatedData);
        return output;
    }

    private static byte[] ChaCha(byte[] key, byte[] iv, byte[] associatedData, byte[] message)
    {
        byte[] output = new byte[message.Length + 16];
        using System.Security.Cryptography.ChaCha20Poly1305 cipher = new(key);
        cipher.Encrypt(iv, message, output.AsSpan(0, message.Length), output.AsSpan(message.Length), associatedData);
        return output;
    }
}
