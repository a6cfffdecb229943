using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace CryptoDev.Dialects;

/// <summary>
/// A session of a dialect: its rows, its keys, and the forms of its IVs and tags. It owns the keys. It may need several sessions of the
/// framework, because they have a fixed order of cipher and MAC and fixed lengths of nonce and tag. A caller can change these from call to
/// call.
/// </summary>
internal sealed class DialectSession : IDisposable
{
    private readonly CryptoKey? _key;
    private readonly CryptoKey? _macKey;
    private readonly byte[] _nonce;

    private DialectSession(
        AlgorithmNumber? cipher,
        AlgorithmNumber? mac,
        AlgorithmNumber? compression,
        CryptoKey? key,
        byte[] nonce,
        CryptoKey? macKey
    )
    {
        Cipher = cipher;
        Mac = mac;
        Compression = compression;
        _key = key;
        _nonce = nonce;
        _macKey = macKey;
    }

    public AlgorithmNumber? Cipher { get; }

    public AlgorithmNumber? Mac { get; }

    public AlgorithmNumber? Compression { get; }

    public bool IsAead => Cipher?.Role == NumberRole.Aead;

    /// <summary>Whether each operation fails with EINVAL (<see cref="SessionRecipe.IsUnusable"/>).</summary>
    public bool IsUnusable { get; private init; }

    public int BlockSize => Cipher?.BlockSize ?? 1;

    /// <summary>
    /// The length of the caller's IV in bytes. If there is no cipher and the MAC has an IV (GMAC), it is that of the MAC.
    /// </summary>
    public int IvSize { get; private init; }

    /// <summary>The length of the digest, MAC or tag in bytes, or 0. Linux callers can shorten an AEAD's tag.</summary>
    public int TagSize { get; set; }

    /// <summary>How many bytes of <see cref="TagSize"/> the framework computes.</summary>
    public int ComputedTagSize => Math.Min(TagSize, (Mac ?? Cipher)?.Algorithm?.DigestSize ?? 0);

    private IvForm IvForm => (Cipher ?? Mac)?.IvForm ?? IvForm.None;

    /// <summary>Makes a session with keys that were copied from the caller.</summary>
    /// <returns>Null if the framework refuses the key or the combination. A kernel returns EINVAL.</returns>
    public static DialectSession? Create(SessionRecipe recipe, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey)
    {
        Debug.Assert(key.Length == recipe.KeyLength && macKey.Length == recipe.MacKeyLength, "The recipe says how many key bytes to copy.");
        int keyLength = key.Length - (recipe.Cipher?.NonceInKey ?? 0);
        DialectSession session = new(
            recipe.Cipher,
            recipe.Mac,
            recipe.Compression,
            KeyFor(recipe.Cipher, key[..keyLength]),
            key[keyLength..].ToArray(),
            KeyFor(recipe.Mac, macKey[..^(recipe.Mac?.NonceInKey ?? 0)])
        )
        {
            IsUnusable = recipe.IsUnusable,
            IvSize = recipe.IvLength,
            TagSize = recipe.TagLength,
        };
        try
        {
            // AEAD rows of older kernels have the key twice. A kernel would use two different keys for the two halves of the work. The
            // framework has one key, so different keys are refused.
            if (recipe.RepeatsKey && !CryptographicOperations.FixedTimeEquals(key, macKey))
            {
                session.Dispose();
                return null;
            }

            session.CheckParameters();
            return session;
        }
        catch (ArgumentException)
        {
            // The framework refused the key: the row accepts more key lengths than the algorithm.
            session.Dispose();
            return null;
        }
    }

    /// <summary>The parameters of the framework's session for this session.</summary>
    /// <param name="order">Cipher and MAC: which bytes the MAC covers.</param>
    /// <param name="ivLength">AEAD: the length of the framework's nonce in bytes. 0: the session's.</param>
    /// <param name="tagLength">AEAD: the length of the tag in bytes. 0: the session's.</param>
    /// <exception cref="ArgumentException">The framework does not accept the combination.</exception>
    public SessionParameters Parameters(MacOrder order = MacOrder.MacPlaintext, int ivLength = 0, int tagLength = 0)
    {
        CryptoTransform? cipher = CipherTransform(ivLength, tagLength);
        CryptoTransform? mac = MacTransform();
        return (Compression, cipher, mac) switch
        {
            (null, not null, null) when IsAead => SessionParameters.Aead(cipher.Algorithm, cipher.Key!, cipher.TagLength, cipher.IvLength),
            (null, not null, null) => SessionParameters.Cipher(cipher.Algorithm, cipher.Key),
            (null, null, not null) when mac.Algorithm.Kind == AlgorithmKind.Digest => SessionParameters.Digest(mac.Algorithm),
            (null, null, not null) => SessionParameters.KeyedDigest(mac.Algorithm, mac.Key, mac.TagLength, mac.IvLength),
            (null, not null, not null) => SessionParameters.CipherAndMac(cipher, mac, order),
            (not null, null, null) => SessionParameters.Compression(Compression.Algorithm!),

            // The order of descriptors in the kernel: compress, hash, encrypt.
            _ => SessionParameters.Chain([
                .. new[] { new CryptoTransform(Compression!.Algorithm!), mac, cipher }.OfType<CryptoTransform>(),
            ]),
        };
    }

    /// <summary>The parameters of the cipher or AEAD alone.</summary>
    /// <param name="ivLength">AEAD: the length of the framework's nonce in bytes. 0: the session's.</param>
    /// <param name="tagLength">AEAD: the length of the tag in bytes. 0: the session's.</param>
    public SessionParameters CipherParameters(int ivLength = 0, int tagLength = 0)
    {
        CryptoTransform cipher = CipherTransform(ivLength, tagLength)!;
        return IsAead
            ? SessionParameters.Aead(cipher.Algorithm, cipher.Key!, cipher.TagLength, cipher.IvLength)
            : SessionParameters.Cipher(cipher.Algorithm, cipher.Key);
    }

    /// <summary>The parameters of the digest or MAC alone.</summary>
    public SessionParameters MacParameters()
    {
        CryptoTransform mac = MacTransform()!;
        return mac.Algorithm.Kind == AlgorithmKind.Digest
            ? SessionParameters.Digest(mac.Algorithm)
            : SessionParameters.KeyedDigest(mac.Algorithm, mac.Key, mac.TagLength, mac.IvLength);
    }

    /// <summary>The parameters of GCM's counter mode, for a kernel that decrypts without verifying the tag.</summary>
    public SessionParameters CounterParameters()
    {
        Debug.Assert(Cipher?.Algorithm == CryptoAlgorithm.AesGcm, "Of all AEADs only GCM is counter mode as it stands.");
        return SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key);
    }

    /// <summary>The length of the framework's IV in bytes, for a caller's IV of the given length.</summary>
    public int FormattedIvLength(int ivLength) =>
        IvForm switch
        {
            IvForm.None => 0,
            IvForm.Rfc3686 or IvForm.UnitNumber => 16,
            IvForm.SaltFirst => 12,
            IvForm.CcmBlock => (Cipher ?? Mac)!.Algorithm!.IvSizes.Default,
            _ => ivLength,
        };

    /// <summary>Converts the caller's IV to the framework's.</summary>
    /// <param name="given">The bytes that were copied in.</param>
    /// <param name="iv">At least 16 bytes, and at least as many as were given.</param>
    /// <returns>The length of the framework's IV in bytes, or -1 if the bytes are not an IV of that form (EINVAL).</returns>
    public int FormatIv(ReadOnlySpan<byte> given, Span<byte> iv)
    {
        switch (IvForm)
        {
            case IvForm.None:
                return 0;
            case IvForm.Exact:
                given.CopyTo(iv);
                return given.Length;
            case IvForm.Rfc3686:
                _nonce.CopyTo(iv);
                given[..8].CopyTo(iv[4..]);
                BinaryPrimitives.WriteUInt32BigEndian(iv[12..], 1);
                return 16;
            case IvForm.SaltFirst:
                _nonce.CopyTo(iv);
                given[..8].CopyTo(iv[4..]);
                return 12;
            case IvForm.UnitNumber:
                iv[..16].Clear();
                given[..8].CopyTo(iv);
                return 16;
            case IvForm.CcmBlock:
                int length = 14 - given[0];
                if (!Cipher!.Algorithm!.IvSizes.Contains(length))
                {
                    return -1;
                }

                given.Slice(1, length).CopyTo(iv);
                return length;
            default:
                throw new UnreachableException($"IV form {IvForm}.");
        }
    }

    public void Dispose()
    {
        _key?.Dispose();
        _macKey?.Dispose();
        CryptographicOperations.ZeroMemory(_nonce);
    }

    // The framework has no session for the whole of an unusable one. Its parts are sessions alone.
    private void CheckParameters()
    {
        if (!IsUnusable)
        {
            Parameters();
            return;
        }

        if (Cipher is not null)
        {
            CipherParameters();
        }

        if (Mac is not null)
        {
            MacParameters();
        }
    }

    private CryptoTransform? CipherTransform(int ivLength, int tagLength) =>
        Cipher is null
            ? null
            : new CryptoTransform(Cipher.Algorithm!, _key)
            {
                TagLength = IsAead ? (tagLength != 0 ? tagLength : TagSize) : 0,
                IvLength = IsAead ? (ivLength != 0 ? ivLength : FormattedIvLength(IvSize)) : 0,
            };

    private CryptoTransform? MacTransform() =>
        Mac is null
            ? null
            : new CryptoTransform(Mac.Algorithm!, _macKey)
            {
                TagLength = Mac.Algorithm!.Kind == AlgorithmKind.Mac ? ComputedTagSize : 0,
                IvLength = Mac.IvSize,
            };

    // NULL accepts any key and does not use it.
    private static CryptoKey? KeyFor(AlgorithmNumber? row, ReadOnlySpan<byte> bytes) =>
        row?.Algorithm is { KeySizes.Maximum: > 0 } ? CryptoKey.Copy(bytes) : null;
}
