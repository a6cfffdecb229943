using System.Security.Cryptography;
using CryptoDev.Drivers.Keyring;

namespace CryptoDev;

/// <content>RSA by the kernel with a key of type <c>asymmetric</c>.</content>
public sealed partial class KernelKey
{
    /// <summary>
    /// Who encrypts and decrypts with this padding here: the kernel's own code, or a card. The kernel chooses by the algorithm, whichever
    /// key it is.
    /// </summary>
    public static SessionDriver FindRsaDriver(KernelRsaPadding padding)
    {
        CheckPadding(padding);
        return KeyringHardware.Instance.Encryption(padding).Driver;
    }

    /// <summary>Who signs and verifies digests of this hash here.</summary>
    /// <exception cref="ArgumentException">There is no such hash.</exception>
    public static SessionDriver FindRsaDriver(HashAlgorithmName hash) =>
        KeyringHardware.Instance.Signature(KernelHash.Find(hash, nameof(hash))).Driver;

    /// <summary>Encrypts for the owner of the key. The result has the length of the modulus.</summary>
    /// <param name="message">
    /// With <see cref="KernelRsaPadding.Pkcs1"/> at most 11 bytes less than the modulus; without padding at most as long as that, and a
    /// number from 2 to the modulus less 2.
    /// </param>
    /// <param name="padding">What stands around the message.</param>
    /// <exception cref="ArgumentException">The message is too long.</exception>
    /// <exception cref="CryptoDevException">The kernel cannot do it with this key; the message says why and what would help.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaEncrypt(ReadOnlySpan<byte> message, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
    {
        CheckPadding(padding);
        using KernelRsa rsa = new(this);
        return rsa.Encrypt(message, padding, nameof(message));
    }

    /// <summary>Decrypts. The caller clears the result when done with it.</summary>
    /// <param name="ciphertext">As long as the modulus.</param>
    /// <param name="padding">What stands around the message.</param>
    /// <exception cref="ArgumentException">The ciphertext has another length than the modulus.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key, or the ciphertext was not made for it (<c>EINVAL</c>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaDecrypt(ReadOnlySpan<byte> ciphertext, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
    {
        CheckPadding(padding);
        using KernelRsa rsa = new(this);
        return rsa.Decrypt(ciphertext, padding, nameof(ciphertext)).ToArray();
    }

    /// <summary>Decrypts into the caller's own memory, and answers how many bytes there are.</summary>
    /// <param name="ciphertext">As long as the modulus.</param>
    /// <param name="destination">Room for the message; a buffer as long as the modulus always does.</param>
    /// <param name="padding">What stands around the message.</param>
    /// <exception cref="ArgumentException">
    /// The ciphertext has another length than the modulus, or the destination is too short; then nothing is written.
    /// </exception>
    /// <exception cref="CryptoDevException">
    /// The kernel cannot do it with this key, or the ciphertext was not made for it (<c>EINVAL</c>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public int RsaDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> destination, KernelRsaPadding padding = KernelRsaPadding.Pkcs1)
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
    /// Signs a digest (PKCS #1 v1.5). The signature is verified before it is given out, because a faulty one can give the key away.
    /// </summary>
    /// <param name="digest">The hash value of the message.</param>
    /// <param name="hash">
    /// The hash that made it: MD5, SHA1, SHA256, SHA384, SHA512, or SHA3_256, SHA3_384, SHA3_512 where the kernel has them (Linux 6.7).
    /// </param>
    /// <exception cref="ArgumentException">There is no such hash, or its digests have another length.</exception>
    /// <exception cref="CryptoDevException">The kernel cannot do it with this key; the message says why and what would help.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] RsaSign(ReadOnlySpan<byte> digest, HashAlgorithmName hash)
    {
        KernelHash row = KernelHash.Find(hash, digest.Length, nameof(hash), nameof(digest));
        using KernelRsa rsa = new(this);
        return rsa.Sign(digest, row);
    }

    /// <summary>Whether a signature (PKCS #1 v1.5) over a digest is good.</summary>
    /// <param name="digest">The hash value of the message.</param>
    /// <param name="signature">The signature; of another length than the modulus it is bad.</param>
    /// <param name="hash">The hash that made the digest, as for <see cref="RsaSign"/>.</param>
    /// <exception cref="ArgumentException">There is no such hash, or its digests have another length.</exception>
    /// <exception cref="CryptoDevException">The kernel cannot do it with this key; the message says why and what would help.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public bool RsaVerify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
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
