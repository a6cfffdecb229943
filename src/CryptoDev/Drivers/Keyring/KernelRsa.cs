using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// One RSA operation with a key in the kernel, by KEYCTL_PKEY. It asks the kernel for the abilities and sizes of the key, runs the
/// operation and checks the result.
/// </summary>
internal sealed class KernelRsa : IDisposable
{
    private static readonly Dictionary<int, string> s_words = new()
    {
        [LibC.ENOKEY] =
            "there is no such key, or this process may not find it. Link it to a keyring of this process, or let its user "
            + "search it (keyctl setperm).",
        [LibC.EACCES] =
            "this process may not use the key. Link it to a keyring of this process, or let its user search it (keyctl setperm).",
        [LibC.EKEYEXPIRED] = "the key has expired.",
        [LibC.EKEYREVOKED] = "the key was revoked.",
        [LibC.EOPNOTSUPP] =
            "the key is not of type asymmetric, or the kernel was built without operations on such keys (CONFIG_ASYMMETRIC_KEY_TYPE).",
        [LibC.ENOENT] =
            "the kernel has not the algorithm of this key or the hash. As root: modprobe rsa_generic, or the module of the hash.",
        [LibC.ENOSYS] = "the kernel's driver for this key has no such operation.",
        [LibC.EINVAL] =
            $"the kernel does not take this key: RSA with a modulus of {string.Join(", ", KeyringRsa.ModulusBits)} bits (2048 and up "
            + "in FIPS mode), and a hash that it signs with.",
    };

    private const string RawWay = "enc=raw";
    private const string EncryptCall = "KEYCTL_PKEY_ENCRYPT";
    private const string DecryptCall = "KEYCTL_PKEY_DECRYPT";
    private const string SignCall = "KEYCTL_PKEY_SIGN";
    private const string VerifyCall = "KEYCTL_PKEY_VERIFY";

    private readonly KernelKey _key;
    private readonly List<SecureMemoryHandle> _buffers = [];

    public KernelRsa(KernelKey key)
    {
        key.AddReference();
        _key = key;
    }

    public byte[] Encrypt(ReadOnlySpan<byte> message, KernelRsaPadding padding, string parameter)
    {
        (string words, SessionDriver driver) = KeyringHardware.Instance.Encryption(padding);
        byte[] way = Way(words);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_ENCRYPT, EncryptCall);
        int modulus = ModulusLength(facts);
        int longest = padding == KernelRsaPadding.Pkcs1 ? modulus - Pkcs1Padding.Overhead : modulus;
        if (message.Length > longest)
        {
            throw new ArgumentException(
                $"A message for a key of {modulus * 8} bits has at most {longest} bytes with this padding; {message.Length} were given.",
                parameter
            );
        }

        if (message.IsEmpty && padding == KernelRsaPadding.Pkcs1 && driver.Kind == DriverKind.Hardware)
        {
            // Linux 6.1 with a virtio card: the call never returns.
            return PublicPadded(message, modulus).ToArray();
        }

        Span<byte> result = Buffer(facts.max_enc_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_ENCRYPT, _key.Serial, way, message, result, out Errno error);
        if (length < 0 && error.Number == LibC.EINVAL && padding == KernelRsaPadding.None)
        {
            throw new ArgumentException(
                "A message without padding is a number from 2 to the modulus less 2, and this one is not (older kernels take "
                    + "the others below the modulus too).",
                parameter
            );
        }

        Demand(length, error, EncryptCall);

        // With a virtio card a result that begins with a zero byte is wrong. Linux 6.1 loses the end of the result. Linux 6.12 loses the
        // zero and adds one at the end. Without the private key a wrong result cannot be recognised, so every suspicious result is computed
        // again.
        bool isSuspect = length != modulus || (driver.Kind == DriverKind.Hardware && padding == KernelRsaPadding.Pkcs1 && result[^1] == 0);
        return (isSuspect ? PublicPadded(message, modulus) : result).ToArray();
    }

    /// <summary>Decrypts a message. The result is valid until this object is disposed.</summary>
    public ReadOnlySpan<byte> Decrypt(ReadOnlySpan<byte> ciphertext, KernelRsaPadding padding, string parameter)
    {
        (string words, SessionDriver driver) = KeyringHardware.Instance.Encryption(padding);
        byte[] way = Way(words);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_DECRYPT, DecryptCall);
        if (ciphertext.Length != ModulusLength(facts))
        {
            throw new ArgumentException(
                $"A ciphertext for a key of {ModulusLength(facts) * 8} bits has {ModulusLength(facts)} bytes; "
                    + $"{ciphertext.Length} were given.",
                parameter
            );
        }

        if (padding == KernelRsaPadding.None)
        {
            return Private(ciphertext);
        }

        Span<byte> result = Buffer(facts.max_dec_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_DECRYPT, _key.Serial, way, ciphertext, result, out Errno error);
        bool isImpossible = length > ciphertext.Length - Pkcs1Padding.Overhead;
        if ((length < 0 && IsRefusal(error)) || isImpossible)
        {
            // QEMU's card refuses good ciphertexts that begin with a zero byte. For an empty message it returns a block of zeros.
            ReadOnlySpan<byte> block = driver.Kind == DriverKind.Hardware ? Private(ciphertext) : [];
            int start = block.IsEmpty ? -1 : Pkcs1Padding.FindMessage(block);
            return start >= 0 ? block[start..] : throw NotForThisKey(isImpossible ? new Errno(LibC.EINVAL) : error);
        }

        Demand(length, error, DecryptCall);
        return result[..length];
    }

    public byte[] Sign(ReadOnlySpan<byte> digest, KernelHash hash)
    {
        (string words, SessionDriver driver) = KeyringHardware.Instance.Signature(hash);
        byte[] way = Way(words);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_SIGN, SignCall);
        Span<byte> signature = Buffer(facts.max_sig_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_SIGN, _key.Serial, way, digest, signature, out Errno error);
        Demand(length, error, SignCall);

        // The kernel's CRT does not check for faults, and one faulty signature reveals the factors of the modulus.
        bool isGood =
            length == ModulusLength(facts) && ((facts.supported_ops & LibC.KEYCTL_SUPPORTS_VERIFY) == 0 || Verify(digest, signature, hash));
        if (isGood)
        {
            return signature.ToArray();
        }

        // With a virtio card a signature that begins with a zero byte loses that byte (Linux 6.12) or its end (6.1).
        Span<byte> block = Buffer(ModulusLength(facts));
        return driver.Kind == DriverKind.Hardware && Pkcs1Padding.TryPadDigest(hash, digest, block)
            ? Private(block).ToArray()
            : throw Distrust(SignCall);
    }

    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, KernelHash hash)
    {
        (string words, SessionDriver driver) = KeyringHardware.Instance.Signature(hash);
        byte[] way = Way(words);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_VERIFY, VerifyCall);

        // The kernel reads max_sig_size bytes for any given length. So a signature of another length must not reach it.
        if (signature.Length != facts.max_sig_size)
        {
            return false;
        }

        int answer = AsymmetricKey.Verify(_key.Serial, way, digest, signature, out Errno error);

        // The signature does not match: another digest, no PKCS #1 block, or a number not below the modulus. The key is not the cause,
        // because the query has shown that the kernel accepts it.
        if (answer < 0 && IsRefusal(error))
        {
            return driver.Kind == DriverKind.Hardware && VerifyByNumber(digest, signature, hash);
        }

        Demand(answer, error, VerifyCall);
        return true;
    }

    public void Dispose()
    {
        _buffers.ForEach(buffer => buffer.Dispose());
        _key.ReleaseReference();
    }

    /// <summary>The text with a terminating zero, as C needs it.</summary>
    private static byte[] Way(string words) => Encoding.ASCII.GetBytes(words + '\0');

    private static bool IsRefusal(Errno error) => error.Number is LibC.EINVAL or LibC.EBADMSG or LibC.EKEYREJECTED;

    private static CryptoDevException NotForThisKey(Errno error) =>
        new(error.Number, KeyringDriver.Name, DecryptCall, "the ciphertext was not made for this key, or not with this padding.");

    private static int ModulusLength(keyctl_pkey_query facts) => (int)(facts.key_size + 7) / 8;

    private static CryptoDevException Distrust(string call) =>
        new(
            LibC.EIO,
            KeyringDriver.Name,
            call,
            "the result does not fit its own check; the key's numbers do not belong together, or this machine's processor "
                + "or memory is at fault."
        );

    private static void Demand(int answer, Errno error, string call)
    {
        if (answer < 0)
        {
            throw s_words.TryGetValue(error.Number, out string? words)
                ? new CryptoDevException(error.Number, KeyringDriver.Name, call, words)
                : KeyringFailure.Exception(error, call);
        }
    }

    private keyctl_pkey_query Query(byte[] way, int operation, string call)
    {
        bool isKnown = AsymmetricKey.Query(_key.Serial, way, out keyctl_pkey_query facts, out Errno error);
        Demand(isKnown ? 0 : -1, error, "KEYCTL_PKEY_QUERY");
        return (facts.supported_ops & operation) != 0
            ? facts
            : throw new CryptoDevException(
                LibC.EOPNOTSUPP,
                KeyringDriver.Name,
                call,
                "the key has no such operation: a certificate has the public part only, a private key has both."
            );
    }

    /// <summary>Verifies by the number itself, because a card may refuse a good signature that begins with a zero byte.</summary>
    private bool VerifyByNumber(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, KernelHash hash)
    {
        byte[] raw = Way(RawWay);
        keyctl_pkey_query facts = Query(raw, LibC.KEYCTL_SUPPORTS_ENCRYPT, EncryptCall);
        Span<byte> found = Buffer(facts.max_enc_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_ENCRYPT, _key.Serial, raw, signature, found, out Errno error);
        if (length < 0 && IsRefusal(error))
        {
            return false;
        }

        Demand(length, error, EncryptCall);
        Span<byte> block = Buffer(length);
        return Pkcs1Padding.TryPadDigest(hash, digest, block) && block.SequenceEqual(found[..length]);
    }

    /// <summary>Encrypts with padding made by this library.</summary>
    private Span<byte> PublicPadded(ReadOnlySpan<byte> message, int modulus)
    {
        Span<byte> block = Buffer(modulus);
        Pkcs1Padding.PadMessage(message, block);
        return Public(block);
    }

    /// <summary>number^e mod n.</summary>
    private Span<byte> Public(ReadOnlySpan<byte> number)
    {
        byte[] raw = Way(RawWay);
        keyctl_pkey_query facts = Query(raw, LibC.KEYCTL_SUPPORTS_ENCRYPT, EncryptCall);
        Span<byte> result = Buffer(facts.max_enc_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_ENCRYPT, _key.Serial, raw, number, result, out Errno error);
        Demand(length, error, EncryptCall);
        return result[..length];
    }

    /// <summary>
    /// number^d mod n. A faulty half of the CRT would reveal the factors to the reader of the result. So the result is checked with the
    /// public exponent, which is cheap.
    /// </summary>
    private Span<byte> Private(ReadOnlySpan<byte> number)
    {
        byte[] raw = Way(RawWay);
        keyctl_pkey_query facts = Query(raw, LibC.KEYCTL_SUPPORTS_DECRYPT, DecryptCall);
        Span<byte> result = Buffer(facts.max_dec_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_DECRYPT, _key.Serial, raw, number, result, out Errno error);
        if (length < 0 && IsRefusal(error))
        {
            throw NotForThisKey(error);
        }

        Demand(length, error, DecryptCall);
        return (facts.supported_ops & LibC.KEYCTL_SUPPORTS_ENCRYPT) == 0 || Public(result[..length]).SequenceEqual(number)
            ? result[..length]
            : throw Distrust(DecryptCall);
    }

    private Span<byte> Buffer(int length)
    {
        SecureMemoryHandle buffer = SecureMemoryHandle.Allocate(length);
        _buffers.Add(buffer);
        return buffer.Bytes;
    }
}
