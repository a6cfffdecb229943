using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>One RSA operation with a key in the kernel, by KEYCTL_PKEY: asks the kernel what the key can do and with which sizes, does it, looks at the result.</summary>
internal sealed class KernelRsa : IDisposable
{
    /// <summary>What PKCS #1 v1.5 needs around a message (RFC 8017, 7.2.1).</summary>
    private const int Pkcs1Overhead = 11;

    private static readonly Dictionary<int, string> s_words = new()
    {
        [LibC.ENOKEY] = "there is no such key, or this process may not find it. Link it to a keyring of this process, or let its user search it (keyctl setperm).",
        [LibC.EACCES] = "this process may not use the key. Link it to a keyring of this process, or let its user search it (keyctl setperm).",
        [LibC.EKEYEXPIRED] = "the key has expired.",
        [LibC.EKEYREVOKED] = "the key was revoked.",
        [LibC.EOPNOTSUPP] = "the key is not of type asymmetric, or the kernel was built without operations on such keys (CONFIG_ASYMMETRIC_KEY_TYPE).",
        [LibC.ENOENT] = "the kernel has not the algorithm of this key or the hash. As root: modprobe rsa_generic, or the module of the hash.",
        [LibC.ENOSYS] = "the kernel's driver for this key has no such operation.",
        [LibC.EINVAL] = $"the kernel does not take this key: RSA with a modulus of {string.Join(", ", KeyringRsa.ModulusBits)} bits (2048 and up in FIPS mode), and a hash that it signs with.",
    };

    private readonly KernelKey _key;
    private readonly List<SecureMemoryHandle> _buffers = [];

    public KernelRsa(KernelKey key)
    {
        key.AddReference();
        _key = key;
    }

    public byte[] Encrypt(ReadOnlySpan<byte> message, KernelRsaPadding padding, string parameter)
    {
        byte[] way = Way(padding);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_ENCRYPT, "KEYCTL_PKEY_ENCRYPT");
        int modulus = ModulusLength(facts);
        int longest = padding == KernelRsaPadding.Pkcs1 ? modulus - Pkcs1Overhead : modulus;
        if (message.Length > longest)
        {
            throw new ArgumentException($"A message for a key of {modulus * 8} bits has at most {longest} bytes with this padding; {message.Length} were given.", parameter);
        }

        Span<byte> result = Buffer(facts.max_enc_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_ENCRYPT, _key.Serial, way, message, result, out Errno error);
        if (length < 0 && error.Number == LibC.EINVAL && padding == KernelRsaPadding.None)
        {
            throw new ArgumentException("A message without padding is a number below the modulus; this one is not.", parameter);
        }

        Demand(length, error, "KEYCTL_PKEY_ENCRYPT");
        return result[..length].ToArray();
    }

    /// <summary>The message; valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Decrypt(ReadOnlySpan<byte> ciphertext, KernelRsaPadding padding, string parameter)
    {
        byte[] way = Way(padding);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_DECRYPT, "KEYCTL_PKEY_DECRYPT");
        if (ciphertext.Length != ModulusLength(facts))
        {
            throw new ArgumentException($"A ciphertext for a key of {ModulusLength(facts) * 8} bits has {ModulusLength(facts)} bytes; {ciphertext.Length} were given.", parameter);
        }

        Span<byte> result = Buffer(facts.max_dec_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_DECRYPT, _key.Serial, way, ciphertext, result, out Errno error);
        if (length < 0 && error.Number is LibC.EINVAL or LibC.EBADMSG)
        {
            throw new CryptoDevException(error.Number, KeyringDriver.Name, "KEYCTL_PKEY_DECRYPT", "the ciphertext was not made for this key, or not with this padding.");
        }

        Demand(length, error, "KEYCTL_PKEY_DECRYPT");
        if (padding == KernelRsaPadding.None)
        {
            CheckDecryption(ciphertext, result[..length], way, facts);
        }

        return result[..length];
    }

    public byte[] Sign(ReadOnlySpan<byte> digest, KernelHash hash)
    {
        byte[] way = Way(hash);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_SIGN, "KEYCTL_PKEY_SIGN");
        Span<byte> signature = Buffer(facts.max_sig_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_SIGN, _key.Serial, way, digest, signature, out Errno error);
        Demand(length, error, "KEYCTL_PKEY_SIGN");

        // The kernel's CRT does not look for faults, and one faulty signature gives the factors away.
        if ((facts.supported_ops & LibC.KEYCTL_SUPPORTS_VERIFY) != 0 && AsymmetricKey.Verify(_key.Serial, way, digest, signature[..length], out error) < 0)
        {
            throw Distrust("KEYCTL_PKEY_SIGN");
        }

        return signature[..length].ToArray();
    }

    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, KernelHash hash)
    {
        byte[] way = Way(hash);
        keyctl_pkey_query facts = Query(way, LibC.KEYCTL_SUPPORTS_VERIFY, "KEYCTL_PKEY_VERIFY");

        // The kernel reads max_sig_size bytes, whatever length it is told: no other length may reach it.
        if (signature.Length != facts.max_sig_size)
        {
            return false;
        }

        int answer = AsymmetricKey.Verify(_key.Serial, way, digest, signature, out Errno error);

        // Another digest, no PKCS #1 inside, not below the modulus: the query has shown that the key itself is taken.
        if (answer < 0 && error.Number is LibC.EKEYREJECTED or LibC.EBADMSG or LibC.EINVAL)
        {
            return false;
        }

        Demand(answer, error, "KEYCTL_PKEY_VERIFY");
        return true;
    }

    public void Dispose()
    {
        _buffers.ForEach(buffer => buffer.Dispose());
        _key.ReleaseReference();
    }

    private static byte[] Way(KernelRsaPadding padding) => padding switch
    {
        KernelRsaPadding.Pkcs1 => "enc=pkcs1\0"u8.ToArray(),
        KernelRsaPadding.None => "enc=raw\0"u8.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(padding), padding, "There is no such padding."),
    };

    /// <summary>Always with a hash: without one, a card may lack the operation (virtio answers ENOSYS).</summary>
    private static byte[] Way(KernelHash hash) => Encoding.ASCII.GetBytes($"enc=pkcs1 hash={hash.KernelName}\0");

    private static int ModulusLength(keyctl_pkey_query facts) => (int)(facts.key_size + 7) / 8;

    private static CryptoDevException Distrust(string call) =>
        new(LibC.EIO, KeyringDriver.Name, call, "the result does not fit its own check; the key's numbers do not belong together, or this machine's processor or memory is at fault.");

    private static void Demand(int answer, Errno error, string call)
    {
        if (answer < 0)
        {
            throw s_words.TryGetValue(error.Number, out string? words) ? new CryptoDevException(error.Number, KeyringDriver.Name, call, words) : KeyringFailure.Exception(error, call);
        }
    }

    private keyctl_pkey_query Query(byte[] way, int operation, string call)
    {
        bool isKnown = AsymmetricKey.Query(_key.Serial, way, out keyctl_pkey_query facts, out Errno error);
        Demand(isKnown ? 0 : -1, error, "KEYCTL_PKEY_QUERY");
        return (facts.supported_ops & operation) != 0
            ? facts
            : throw new CryptoDevException(LibC.EOPNOTSUPP, KeyringDriver.Name, call, "the key has no such operation: a certificate has the public part only, a private key has both.");
    }

    /// <summary>One wrong half of the CRT gives the factors away to whoever sees the result; the way back is cheap.</summary>
    private void CheckDecryption(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> message, byte[] way, keyctl_pkey_query facts)
    {
        if ((facts.supported_ops & LibC.KEYCTL_SUPPORTS_ENCRYPT) == 0)
        {
            return;
        }

        Span<byte> back = Buffer(facts.max_enc_size);
        int length = AsymmetricKey.Run(LibC.KEYCTL_PKEY_ENCRYPT, _key.Serial, way, message, back, out Errno error);
        Demand(length, error, "KEYCTL_PKEY_ENCRYPT");
        if (!back[..length].SequenceEqual(ciphertext))
        {
            throw Distrust("KEYCTL_PKEY_DECRYPT");
        }
    }

    private Span<byte> Buffer(int length)
    {
        SecureMemoryHandle buffer = SecureMemoryHandle.Allocate(length);
        _buffers.Add(buffer);
        return buffer.Bytes;
    }
}
