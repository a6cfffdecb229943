namespace CryptoDev.Dialects;

/// <summary>The field of a session call that an id belongs to. An id can have two rows with different roles.</summary>
internal enum NumberRole
{
    /// <summary>The header has the id, but no session call takes it, or no rung computes it.</summary>
    Declared,

    /// <summary>A cipher, in the field <c>cipher</c>.</summary>
    Cipher,

    /// <summary>An AEAD, in the field <c>cipher</c>.</summary>
    Aead,

    /// <summary>A digest or MAC, in the field <c>mac</c>.</summary>
    Mac,

    /// <summary>An id in the field <c>mac</c> that repeats the AEAD of the field <c>cipher</c>. It has no meaning alone.</summary>
    AeadMate,

    /// <summary>A compression algorithm, in the field <c>comp_alg</c>.</summary>
    Compression,
}

/// <summary>How the caller's IV is converted to the framework's IV.</summary>
internal enum IvForm
{
    /// <summary>There is no IV. Some kernels copy bytes for it, which are not used.</summary>
    None,

    /// <summary>The caller's bytes are the framework's IV.</summary>
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

/// <summary>One algorithm id of a dialect, with the rules of the session call for it: a row of the dialect's table.</summary>
internal sealed record AlgorithmNumber(uint Id, string Name, NumberRole Role, CryptoAlgorithm? Algorithm)
{
    /// <summary>
    /// The key lengths in bytes that the session call accepts. A key that the algorithm cannot use is refused later, as by the kernel's
    /// driver.
    /// </summary>
    public SizeSet KeySizes { get; init; } = SizeSet.None;

    /// <summary>The message length must be a multiple of this number of bytes.</summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>The number of bytes that are copied from the caller's IV pointer.</summary>
    public int IvSize { get; init; }

    /// <summary>The form of those bytes.</summary>
    public IvForm IvForm { get; init; }

    /// <summary>Whether a call with an IV pointer fails with EINVAL.</summary>
    public bool RefusesIv { get; init; }

    /// <summary>The number of bytes that are written to the MAC or tag pointer. Bytes beyond the algorithm's tag are zero.</summary>
    public int TagSize { get; init; }

    /// <summary>Whether a session with this row opens, and each of its operations fails with EINVAL.</summary>
    public bool IsUnusable { get; init; }

    /// <summary>Other names of the same id in the dialect's header.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The number of bytes at the end of the key that are the constant part of the nonce.</summary>
    public int NonceInKey => IvForm is IvForm.Rfc3686 or IvForm.SaltFirst ? 4 : 0;

    /// <summary>
    /// Whether this form can have every IV of the framework. If not, only callers of the dialect can use the row, and not the framework.
    /// </summary>
    public bool IsFullyGeneral => IvForm is IvForm.None or IvForm.Exact or IvForm.CcmBlock;

    /// <summary>Writes the framework's IV in this form. Only for rows that are fully general.</summary>
    /// <returns>The number of bytes written.</returns>
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
