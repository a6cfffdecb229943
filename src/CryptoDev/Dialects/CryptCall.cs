namespace CryptoDev.Dialects;

/// <summary>The direction or kind of an operation.</summary>
internal enum CryptAction
{
    /// <summary><c>COP_ENCRYPT</c>.</summary>
    Encrypt,

    /// <summary><c>COP_DECRYPT</c>.</summary>
    Decrypt,

    /// <summary><c>COP_COMP</c>.</summary>
    Compress,

    /// <summary><c>COP_DECOMP</c>.</summary>
    Expand,

    /// <summary>0, in a dialect without an operation 0. A digest has no direction, so FreeBSD 13 accepts it for digests.</summary>
    Unspecified,

    /// <summary>A number that the dialect does not have. The dialects treat it differently.</summary>
    Unknown,
}

/// <summary>The flags of all dialects.</summary>
[Flags]
internal enum CryptCallFlags
{
    None = 0,
    CipherFirst = 1,
    Batch = 2,
    More = 4,
    Update = 8,
    Final = 16,
    WriteIv = 32,
    NoZeroCopy = 64,
    Tls = 128,
    Srtp = 256,
    Reset = 512,

    /// <summary>A bit that the dialect does not define. Kernels ignore it, except where they compare the whole field with 0.</summary>
    Undefined = 1024,
}

/// <summary>
/// An operation in a form that all dialects share: crypt_op, crypt_n_op, crypt_aead or crypt_auth_op. The addresses are in the caller's
/// memory.
/// </summary>
internal readonly record struct CryptCall
{
    public uint Session { get; init; }

    public CryptAction Action { get; init; }

    public CryptCallFlags Flags { get; init; }

    /// <summary>
    /// Whether the flag is set. Enum.HasFlag is not used: before the JIT has optimized a method, it allocates two objects for each call,
    /// and every operation calls this.
    /// </summary>
    public bool Has(CryptCallFlags flag) => (Flags & flag) != 0;

    public uint Length { get; init; }

    public nint Source { get; init; }

    public nint Destination { get; init; }

    /// <summary>The address of the digest, MAC or tag.</summary>
    public nint Tag { get; init; }

    /// <summary>Authenticated calls of Linux: the length of the tag in bytes. 0: the session's.</summary>
    public uint TagLength { get; init; }

    public nint Iv { get; init; }

    /// <summary>Authenticated calls: the length of the IV in bytes that the caller gives.</summary>
    public uint IvLength { get; init; }

    public nint AssociatedData { get; init; }

    public uint AssociatedDataLength { get; init; }

    /// <summary>NetBSD: the size of the destination for compression, in bytes. 0: <see cref="Length"/>.</summary>
    public uint DestinationLength { get; init; }

    /// <summary>NetBSD, calls with an array: the caller's cookie.</summary>
    public nint Cookie { get; init; }

    /// <summary>NetBSD, calls with an array: the id of an accepted request.</summary>
    public uint RequestId { get; init; }

    /// <summary>NetBSD, calls with an array: the errno of this element.</summary>
    public int Status { get; init; }

    /// <summary>Makes the call for a flat operation of a driver. The caller keeps the spans pinned.</summary>
    public static CryptCall FromOp(uint session, in CryptOp op, in PinnedSpans pinned, CryptCallFlags flags = CryptCallFlags.None) =>
        new()
        {
            Session = session,
            Action = op.Direction == CryptDirection.Encrypt ? CryptAction.Encrypt : CryptAction.Decrypt,
            Flags = flags,
            Length = (uint)op.Source.Length,
            Source = pinned.Source,
            Destination = pinned.Destination,
            Tag = pinned.Tag,
            TagLength = (uint)(op.VerifiesTag ? op.ExpectedTag : op.Tag).Length,
            Iv = pinned.Iv,
            IvLength = (uint)op.Iv.Length,
            AssociatedData = pinned.AssociatedData,
            AssociatedDataLength = (uint)op.AssociatedData.Length,
        };
}

/// <summary>The addresses of the spans of a flat operation. An empty span has the address 0.</summary>
internal readonly record struct PinnedSpans(nint Source, nint Destination, nint Iv, nint AssociatedData, nint Tag);

/// <summary>The numbers of a dialect for actions and flags. They are always mapped in both directions and never cast.</summary>
internal sealed class CallWordTable(
    IReadOnlyList<(ushort Number, CryptAction Action)> actions,
    IReadOnlyList<(ushort Bit, CryptCallFlags Flag)> flags
)
{
    // Arrays, because every operation reads them, and an enumerator of the interface would be an object on the heap.
    private readonly (ushort Number, CryptAction Action)[] _actions = [.. actions];
    private readonly (ushort Bit, CryptCallFlags Flag)[] _flags = [.. flags];

    public CryptAction Action(ushort number)
    {
        foreach ((ushort candidate, CryptAction action) in _actions)
        {
            if (candidate == number)
            {
                return action;
            }
        }

        return CryptAction.Unknown;
    }

    public ushort Number(CryptAction action)
    {
        foreach ((ushort number, CryptAction candidate) in _actions)
        {
            if (candidate == action)
            {
                return number;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(action), action, "This dialect has no such operation.");
    }

    public CryptCallFlags Flags(ushort bits)
    {
        CryptCallFlags result = CryptCallFlags.None;
        foreach ((ushort bit, CryptCallFlags flag) in _flags)
        {
            if ((bits & bit) != 0)
            {
                result |= flag;
                bits &= (ushort)~bit;
            }
        }

        return bits == 0 ? result : result | CryptCallFlags.Undefined;
    }

    /// <summary>The bits of the flags in this dialect. Flags that the dialect does not have are left out.</summary>
    public ushort Bits(CryptCallFlags wanted)
    {
        int bits = 0;
        foreach ((ushort bit, CryptCallFlags flag) in _flags)
        {
            bits |= (wanted & flag) != 0 ? bit : 0;
        }

        return (ushort)bits;
    }
}
