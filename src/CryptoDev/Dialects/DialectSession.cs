using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace CryptoDev.Dialects;

/// <summary>
/// A session of a dialect's caller: the rows it asked for, its keys, and how its IVs and tags are meant. Owns the keys. Several framework
/// sessions can stand behind one, because what a framework session fixes (order of cipher and MAC, nonce and tag length) a caller may vary
/// from call to call.
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

    public int BlockSize => Cipher?.BlockSize ?? 1;

    /// <summary>Bytes of the caller's IV; the MAC's where it has one of its own (GMAC) and there is no cipher.</summary>
    public int IvSize { get; private init; }

    /// <summary>Bytes of the digest, MAC or tag, 0 without one. Linux callers can shrink an AEAD's.</summary>
    public int TagSize { get; set; }

    /// <summary>Bytes of <see cref="TagSize"/> that the framework computes.</summary>
    public int ComputedTagSize => Math.Min(TagSize, (Mac ?? Cipher)?.Algorithm?.DigestSize ?? 0);

    private IvForm IvForm => (Cipher ?? Mac)?.IvForm ?? IvForm.None;

    /// <summary>Takes the keys over from the caller's memory.</summary>
    /// <returns>Null where the framework refuses the key or the combination; a kernel says EINVAL.</returns>
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
            KeyFor(recipe.Mac, macKey)
        )
        {
            IvSize = recipe.IvLength,
            TagSize = recipe.TagLength,
        };
        try
        {
            // AEAD rows of older kernels repeat the key; a kernel that got two would use each for a half of the work.
            if (recipe.RepeatsKey && !CryptographicOperations.FixedTimeEquals(key, macKey))
            {
                session.Dispose();
                return null;
            }

            session.Parameters();
            return session;
        }
        catch (ArgumentException)
        {
            // Refused by the framework's own validation: the row's range of key lengths is wider than the algorithm's.
            session.Dispose();
            return null;
        }
    }

    /// <summary>What the framework is to open for this session.</summary>
    /// <param name="order">Cipher and MAC: what the MAC is over.</param>
    /// <param name="ivLength">AEAD: bytes of the framework's nonce, 0 for the session's.</param>
    /// <param name="tagLength">AEAD: bytes of the tag, 0 for the session's.</param>
    /// <exception cref="ArgumentException">The framework does not take the combination.</exception>
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

            // The kernel's order of descriptors: compress, hash, encrypt.
            _ => SessionParameters.Chain([
                .. new[] { new CryptoTransform(Compression!.Algorithm!), mac, cipher }.OfType<CryptoTransform>(),
            ]),
        };
    }

    /// <summary>The cipher or AEAD alone, for whoever composes by himself.</summary>
    /// <param name="ivLength">AEAD: bytes of the framework's nonce, 0 for the session's.</param>
    /// <param name="tagLength">AEAD: bytes of the tag, 0 for the session's.</param>
    public SessionParameters CipherParameters(int ivLength = 0, int tagLength = 0)
    {
        CryptoTransform cipher = CipherTransform(ivLength, tagLength)!;
        return IsAead
            ? SessionParameters.Aead(cipher.Algorithm, cipher.Key!, cipher.TagLength, cipher.IvLength)
            : SessionParameters.Cipher(cipher.Algorithm, cipher.Key);
    }

    /// <summary>The digest or MAC alone.</summary>
    public SessionParameters MacParameters()
    {
        CryptoTransform mac = MacTransform()!;
        return mac.Algorithm.Kind == AlgorithmKind.Digest
            ? SessionParameters.Digest(mac.Algorithm)
            : SessionParameters.KeyedDigest(mac.Algorithm, mac.Key, mac.TagLength, mac.IvLength);
    }

    /// <summary>The counter mode inside GCM, for a kernel that decrypts without looking at the tag.</summary>
    public SessionParameters CounterParameters()
    {
        Debug.Assert(Cipher?.Algorithm == CryptoAlgorithm.AesGcm, "Of all AEADs only GCM is counter mode as it stands.");
        return SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key);
    }

    /// <summary>Bytes of the framework's IV for a caller's of the given length.</summary>
    public int FormattedIvLength(int ivLength) =>
        IvForm switch
        {
            IvForm.None => 0,
            IvForm.Rfc3686 or IvForm.UnitNumber => 16,
            IvForm.SaltFirst => 12,
            IvForm.CcmBlock => (Cipher ?? Mac)!.Algorithm!.IvSizes.Default,
            _ => ivLength,
        };

    /// <summary>Turns the caller's IV into the framework's.</summary>
    /// <param name="given">The bytes copied in.</param>
    /// <param name="iv">At least 16 bytes, or as many as were given.</param>
    /// <returns>Bytes of the framework's IV, or -1 where no IV of that form exists (EINVAL).</returns>
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

    // NULL takes any key and uses none.
    private static CryptoKey? KeyFor(AlgorithmNumber? row, ReadOnlySpan<byte> bytes) =>
        row?.Algorithm is { KeySizes.Maximum: > 0 } ? new CryptoKey(bytes) : null;
}
