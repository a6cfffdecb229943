using System.Security.Cryptography;
using CryptoDev.Drivers.Keyring;

namespace CryptoDev;

/// <content>RSA in the kernel, with a key of type <c>asymmetric</c>.</content>
public sealed partial class KernelKey
{
    /// <summary>
    /// The driver that encrypts and decrypts with this padding on this machine: the kernel's own code, or a card. The kernel chooses it by
    /// the algorithm, so it is the same for every key.
    /// </summary>
    public static SessionDriver FindRsaDriver(KernelRsaPadding padding)
    {
        CheckPadding(padding);
        return KeyringHardware.Instance.Encryption(padding).Driver;
    }

    /// <summary>The driver that signs and verifies digests of this hash on this machine.</summary>
    /// <exception cref="ArgumentException">There is no such hash.</exception>
    public static SessionDriver FindRsaDriver(HashAlgorithmName hash) =>
        KeyringHardware.Instance.Signature(KernelHash.Find(hash, nameof(hash))).Driver;

    /// <summary>Encrypts with the public key. The result is as long as the modulus, in bytes.</summary>
    /// <param name="message">
    /// With <see cref="KernelRsaPadding.Pkcs1"/> it is at least 11 bytes shorter than the modulus. Without padding it is at most as long as
    /// the modulus, and a number from 2 to the modulus less 2.
    /// </param>
    /// <param name="padding">The padding of the message.</param>
    /// <exception cref="ArgumentException">The message is too long.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key. The message has the reason and what would help.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaEncrypt(InputBytes message, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
    {
        CheckPadding(padding);
        using KernelRsa rsa = new(this);
        return rsa.Encrypt(message, padding, nameof(message));
    }

    /// <summary>Decrypts. The caller clears the result after use.</summary>
    /// <param name="ciphertext">The ciphertext, as long as the modulus.</param>
    /// <param name="padding">The padding of the message.</param>
    /// <exception cref="ArgumentException">The ciphertext is not as long as the modulus.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key, or the ciphertext was not made with this key (<c>EINVAL</c>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaDecrypt(InputBytes ciphertext, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
    {
        CheckPadding(padding);
        using KernelRsa rsa = new(this);
        return rsa.Decrypt(ciphertext, padding, nameof(ciphertext)).ToArray();
    }

    /// <summary>Decrypts into the caller's memory. Returns the number of bytes written.</summary>
    /// <param name="ciphertext">The ciphertext, as long as the modulus.</param>
    /// <param name="destination">Where the message is written. As many bytes as the modulus has are always enough.</param>
    /// <param name="padding">The padding of the message.</param>
    /// <exception cref="ArgumentException">
    /// The ciphertext is not as long as the modulus, or the destination is too short. Nothing is written.
    /// </exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key, or the ciphertext was not made with this key (<c>EINVAL</c>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public int RsaDecrypt(InputBytes ciphertext, Span<byte> destination, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
    {
        CheckPadding(padding);
        using KernelRsa rsa = new(this);
        ReadOnlySpan<byte> message = rsa.Decrypt(ciphertext, padding, nameof(ciphertext));
        if (message.Length > destination.Length)
        {
            throw new ArgumentException(
                $"The message has {message.Length} bytes, and {nameof(destination)} has room for {destination.Length}.",
                nameof(destination)
            );
        }

        message.CopyTo(destination);
        return message.Length;
    }

    /// <summary>
    /// Signs a digest (PKCS #1 v1.5). The signature is verified before it is returned, because a faulty signature can reveal the key. The
    /// result is as long as the modulus.
    /// </summary>
    /// <param name="digest">The digest of the message, as long as the hash's digests are.</param>
    /// <param name="hash">
    /// The hash that made the digest: MD5, SHA1, SHA256, SHA384, SHA512, or SHA3_256, SHA3_384, SHA3_512 if the kernel has them (Linux
    /// 6.7).
    /// </param>
    /// <exception cref="ArgumentException">There is no such hash, or its digests have another length.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key. The message has the reason and what would help.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaSign(InputBytes digest, HashAlgorithmName hash)
    {
        KernelHash row = KernelHash.Find(hash, digest.Length, nameof(hash), nameof(digest));
        using KernelRsa rsa = new(this);
        return rsa.Sign(digest, row);
    }

    /// <summary>Whether a signature (PKCS #1 v1.5) of a digest is valid.</summary>
    /// <param name="digest">The digest of the message, as long as the hash's digests are.</param>
    /// <param name="signature">The signature. It is not valid if it is not as long as the modulus.</param>
    /// <param name="hash">The hash that made the digest, as for <see cref="RsaSign"/>.</param>
    /// <exception cref="ArgumentException">There is no such hash, or its digests have another length.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key. The message has the reason and what would help.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public bool RsaVerify(InputBytes digest, InputBytes signature, HashAlgorithmName hash)
    {
        KernelHash row = KernelHash.Find(hash, digest.Length, nameof(hash), nameof(digest));
        using KernelRsa rsa = new(this);
        return rsa.Verify(digest, signature, row);
    }

    private static void CheckPadding(KernelRsaPadding padding)
    {
        if (padding is not (KernelRsaPadding.Pkcs1 or KernelRsaPadding.None))
        {
            throw new ArgumentOutOfRangeException(nameof(padding), padding, "There is no such padding.");
        }
    }
}
