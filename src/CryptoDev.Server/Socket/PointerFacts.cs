using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>A pointer in a struct of a dialect, and how to find the length of its target.</summary>
/// <param name="Struct">The struct's tag.</param>
/// <param name="Pointer">The pointer field.</param>
/// <param name="Length">The field with the length, or null.</param>
/// <param name="Flags"><c>CDS_IN</c>, <c>CDS_OUT</c>, <c>CDS_CACHED</c>, <c>CDS_ARRAY</c>, <c>CDS_PARAM</c>.</param>
/// <param name="Element">The struct type of the elements, if the target is an array of structs.</param>
/// <param name="ElementSize">The size in bytes of an element that is not a struct.</param>
internal readonly record struct PointerFact(
    string Struct,
    string Pointer,
    string? Length,
    uint Flags,
    string? Element = null,
    int ElementSize = 0
);

/// <summary>
/// The pointers in the structs of all dialects, and the length of each target if the struct tells it. A struct tag means the same in every
/// dialect that has it. Sources: see docs/dialects.md. The table is a hint for clients: a missing or wrong entry costs one round trip and
/// nothing else.
/// </summary>
internal static class PointerFacts
{
    private const uint In = ShimProtocol.CDS_IN;
    private const uint Out = ShimProtocol.CDS_OUT;

    // The length belongs to the session (IV, MAC), or differs from the field by a length of the session (tag, padding).
    private const uint Cached = ShimProtocol.CDS_CACHED;
    private const uint Array = ShimProtocol.CDS_ARRAY;

    /// <summary>
    /// In the order in which clients fill result segments. Pointers whose target may be filled in part or not at all come last.
    /// </summary>
    public static IReadOnlyList<PointerFact> All { get; } =
    [
        .. Session("session_op"),
        .. Session("session2_op"),
        .. Session("session_n_op"),
        .. Session("osession_op"),
        .. Session("osession_n_op"),
        .. Crypt("crypt_op"),
        .. Crypt("ocrypt_op"),
        // Their results are fetched with CIOCNCRYPTRET and CIOCNCRYPTRETM, whose structs do not describe them.
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
        new("cryptret", "results", "count", In | Out | Array, "crypt_result"),
        new("crypt_kop", "crk_param", null, ShimProtocol.CDS_PARAM),
        new("crypt_n_kop", "crk_param", null, ShimProtocol.CDS_PARAM),
    ];

    private static PointerFact[] Session(string tag) => [new(tag, "key", "keylen", In), new(tag, "mackey", "mackeylen", In)];

    private static PointerFact[] Crypt(string tag) =>
        [new(tag, "src", "len", In), new(tag, "iv", null, Cached), new(tag, "dst", "len", Out), new(tag, "mac", null, Cached)];

    private static PointerFact[] Request(string tag) => [new(tag, "src", "len", In), new(tag, "iv", null, Cached)];
}
