using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>A pointer in a struct of a dialect, and what tells how much stands behind it.</summary>
/// <param name="Struct">The struct's tag.</param>
/// <param name="Pointer">The field that points.</param>
/// <param name="Length">The field that tells the length, or null.</param>
/// <param name="Flags"><c>CDS_IN</c>, <c>CDS_OUT</c>, <c>CDS_CACHED</c>, <c>CDS_ARRAY</c>, <c>CDS_PARAM</c>.</param>
/// <param name="Element">The struct that an array consists of.</param>
/// <param name="ElementSize">Bytes of an element that is no struct.</param>
internal readonly record struct PointerFact(
    string Struct,
    string Pointer,
    string? Length,
    uint Flags,
    string? Element = null,
    int ElementSize = 0
);

/// <summary>
/// Where the pointers of all dialects' structs stand and how long what they point to is, as far as a struct tells. Tags mean the same in
/// each dialect that has them. Sources: as docs/dialects.md. A hint for clients: what is missing here or wrong costs a round trip and
/// nothing else.
/// </summary>
internal static class PointerFacts
{
    private const uint In = ShimProtocol.CDS_IN;
    private const uint Out = ShimProtocol.CDS_OUT;

    // The length is the session's (IV, MAC) or differs from the field by something of the session's (tag, padding).
    private const uint Cached = ShimProtocol.CDS_CACHED;
    private const uint Array = ShimProtocol.CDS_ARRAY;

    /// <summary>In the order in which rooms are filled: what may be filled in part or not at all comes last.</summary>
    public static IReadOnlyList<PointerFact> All { get; } =
    [
        .. Session("session_op"),
        .. Session("session2_op"),
        .. Session("session_n_op"),
        .. Session("osession_op"),
        .. Session("osession_n_op"),
        .. Crypt("crypt_op"),
        .. Crypt("ocrypt_op"),
        // Their results come with CIOCNCRYPTRET and CIOCNCRYPTRETM, where no struct tells of them.
        .. Request("crypt_n_op"),
        .. Request("ocrypt_n_op"),
        new("crypt_auth_op", "auth_src", "auth_len", In),
        new("crypt_auth_op", "src", "len", In),
        new("crypt_auth_op", "iv", null, Cached),
        new("crypt_auth_op", "dst", "len", Cached),
        new("crypt_auth_op", "tag", "tag_len", Cached),
        new("crypt_aead", "aad", "aadlen", In),
        new("crypt_aead", "src", "len", In),
        new("crypt_aead", "iv", "ivlen", In),
        new("crypt_aead", "dst", "len", Out),
        new("crypt_aead", "tag", null, Cached),
        new("crypt_sgop", "sessions", "count", In | Out | Array, "session_n_op"),
        new("ocrypt_sgop", "sessions", "count", In | Out | Array, "osession_n_op"),
        new("crypt_sfop", "sesid", "count", In, ElementSize: sizeof(uint)),
        new("crypt_mop", "reqs", "count", In | Out | Array, "crypt_n_op"),
        new("ocrypt_mop", "reqs", "count", In | Out | Array, "ocrypt_n_op"),
        new("crypt_mkop", "reqs", "count", In | Out | Array, "crypt_n_kop"),
        new("cryptret", "results", "count", Out | Array, "crypt_result"),
        new("crypt_kop", "crk_param", null, ShimProtocol.CDS_PARAM),
        new("crypt_n_kop", "crk_param", null, ShimProtocol.CDS_PARAM),
    ];

    private static PointerFact[] Session(string tag) => [new(tag, "key", "keylen", In), new(tag, "mackey", "mackeylen", In)];

    private static PointerFact[] Crypt(string tag) =>
        [new(tag, "src", "len", In), new(tag, "iv", null, Cached), new(tag, "dst", "len", Out), new(tag, "mac", null, Cached)];

    private static PointerFact[] Request(string tag) => [new(tag, "src", "len", In), new(tag, "iv", null, Cached)];
}
