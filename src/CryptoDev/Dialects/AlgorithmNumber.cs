namespace CryptoDev.Dialects;

/// <summary>Which field of a session call an id belongs in. One id may stand in two rows of different roles.</summary>
internal enum NumberRole
{
    /// <summary>In the header, and no session call takes it (or no rung computes it).</summary>
    Declared,

    /// <summary>In <c>cipher</c>: a cipher.</summary>
    Cipher,

    /// <summary>In <c>cipher</c>: encrypts and authenticates.</summary>
    Aead,

    /// <summary>In <c>mac</c>: a digest or MAC.</summary>
    Mac,

    /// <summary>In <c>mac</c>: says again what the AEAD in <c>cipher</c> says; means nothing alone.</summary>
    AeadMate,

    /// <summary>In <c>comp_alg</c>.</summary>
    Compression,
}

/// <summary>How the caller's IV becomes the framework's.</summary>
internal enum IvForm
{
    /// <summary>There is none; bytes that a kernel copies all the same are not looked at.</summary>
    None,

    /// <summary>As given.</summary>
    Exact,

    /// <summary>RFC 3686: four bytes from the end of the key, eight from the IV, then a block counter from 1.</summary>
    Rfc3686,

    /// <summary>RFC 4106: four bytes from the end of the key, then eight from the IV.</summary>
    SaltFirst,

    /// <summary>XTS on the BSDs: the first eight bytes are the data unit's number, little-endian; the upper half is zero.</summary>
    UnitNumber,

    /// <summary>CCM on Linux: RFC 3610's first block, whose byte 0 is L-1 and tells the nonce's length.</summary>
    CcmBlock,
}

/// <summary>One algorithm id of a dialect with the rules of its session call: a row of the dialect's table.</summary>
internal sealed record AlgorithmNumber(uint Id, string Name, NumberRole Role, CryptoAlgorithm? Algorithm)
{
    /// <summary>
    /// Key lengths in bytes that the session call lets pass. What the algorithm then cannot use is refused as the kernel's driver would.
    /// </summary>
    public SizeSet KeySizes { get; init; } = SizeSet.None;

    /// <summary>Message length must be a multiple of this.</summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>Bytes copied from the caller's IV pointer.</summary>
    public int IvSize { get; init; }

    /// <summary>How those bytes are meant.</summary>
    public IvForm IvForm { get; init; }

    /// <summary>Whether an IV pointer is EINVAL.</summary>
    public bool RefusesIv { get; init; }

    /// <summary>Bytes written to the MAC or tag pointer. More than the algorithm gives: the rest is zero.</summary>
    public int TagSize { get; init; }

    /// <summary>Other spellings of the same id in the dialect's header.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Bytes at the end of the key that are the constant part of the nonce.</summary>
    public int NonceInKey => IvForm is IvForm.Rfc3686 or IvForm.SaltFirst ? 4 : 0;

    /// <summary>
    /// Whether any IV of the framework can be said in this form; else only callers of the dialect can use the row, not the framework.
    /// </summary>
    public bool IsFullyGeneral => IvForm is IvForm.None or IvForm.Exact or IvForm.CcmBlock;

    /// <summary>Says the framework's IV in this form; for rows that are fully general.</summary>
    /// <returns>Bytes written.</returns>
    public int EncodeIv(ReadOnlySpan<byte> iv, Span<byte> given)
    {
        switch (IvForm)
        {
            case IvForm.CcmBlock:
                given[..16].Clear();
                given[0] = (byte)(14 - iv.Length);
                iv.CopyTo(given[1..]);
                return 16;
            case IvForm.None:
                given[..IvSize].Clear();
                return IvSize;
            default:
                System.Diagnostics.Debug.Assert(
                    IvForm == IvForm.Exact,
                    "Rows that are not fully general are never offered to the framework."
                );
                iv.CopyTo(given);
                return iv.Length;
        }
    }

    public static AlgorithmNumber Declared(uint id, string name) => new(id, name, NumberRole.Declared, null);

    public static AlgorithmNumber Cipher(
        uint id,
        string name,
        CryptoAlgorithm algorithm,
        SizeSet keys,
        int block,
        int iv,
        IvForm form = IvForm.Exact
    ) =>
        new(id, name, NumberRole.Cipher, algorithm)
        {
            KeySizes = keys,
            BlockSize = block,
            IvSize = iv,
            IvForm = form,
        };

    public static AlgorithmNumber Aead(
        uint id,
        string name,
        CryptoAlgorithm algorithm,
        SizeSet keys,
        int block,
        int iv,
        IvForm form = IvForm.Exact
    ) =>
        new(id, name, NumberRole.Aead, algorithm)
        {
            KeySizes = keys,
            BlockSize = block,
            IvSize = iv,
            IvForm = form,
            TagSize = 16,
        };

    public static AlgorithmNumber Mac(uint id, string name, CryptoAlgorithm algorithm, SizeSet keys, int tag = 0) =>
        new(id, name, NumberRole.Mac, algorithm) { KeySizes = keys, TagSize = tag == 0 ? algorithm.DigestSize : tag };

    public static AlgorithmNumber Mate(uint id, string name, SizeSet keys) => new(id, name, NumberRole.AeadMate, null) { KeySizes = keys };

    public static AlgorithmNumber Compression(uint id, string name, CryptoAlgorithm algorithm) =>
        new(id, name, NumberRole.Compression, algorithm);
}
