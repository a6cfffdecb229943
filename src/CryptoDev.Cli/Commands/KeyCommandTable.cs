namespace CryptoDev.Cli.Commands;

/// <summary>One operand as an option: a number, or the digest's bytes.</summary>
internal sealed record KeyOption(string Name, string Description, bool IsDigest = false);

/// <summary>
/// One subcommand of <c>key</c>: its options in the order in which <paramref name="Build"/> takes their values, and the names of its
/// results.
/// </summary>
internal sealed record KeyCommandRow(
    string Name,
    string Description,
    IReadOnlyList<KeyOption> Options,
    IReadOnlyList<string> Results,
    Func<byte[][], DsaNonce, KeyOp> Build
);

/// <summary>The subcommands of <c>key</c>.</summary>
internal static class KeyCommandTable
{
    private static readonly string[] s_result = ["result"];
    private static readonly KeyOption s_modulus = new("--mod", "The modulus.");
    private static readonly KeyOption s_a = new("--a", "The first operand.");
    private static readonly KeyOption s_b = new("--b", "The second operand.");

    private static readonly KeyOption[] s_group =
    [
        new("--digest", "The hash value of the message, in hex.", IsDigest: true),
        new("--p", "The prime modulus."),
        new("--q", "The prime order of the subgroup."),
        new("--g", "The generator."),
    ];

    public static IReadOnlyList<KeyCommandRow> All { get; } =
    [
        new(
            "modexp",
            "base^exp mod mod",
            [new("--base", "The base."), new("--exp", "The exponent."), s_modulus],
            s_result,
            static (v, _) => KeyOp.ModExp(v[0], v[1], v[2])
        ),
        new(
            "modexp-crt",
            "message^d mod pq, from the parts of an RSA private key",
            [
                new("--p", "The first prime."),
                new("--q", "The second prime."),
                new("--message", "The number to raise."),
                new("--dp", "d mod (p - 1)."),
                new("--dq", "d mod (q - 1)."),
                new("--qinv", "q^-1 mod p."),
            ],
            s_result,
            static (v, _) => KeyOp.ModExpCrt(v[0], v[1], v[2], v[3], v[4], v[5])
        ),
        new(
            "dsa-sign",
            "Sign a digest: prints r, then s",
            [.. s_group, new("--private", "The private key x.")],
            ["r", "s"],
            static (v, nonce) => KeyOp.DsaSign(v[0], v[1], v[2], v[3], v[4], nonce)
        ),
        new(
            "dsa-verify",
            "Check a signature: prints good or bad; exit code 1 when bad",
            [.. s_group, new("--public", "The public key y."), new("--r", "The signature's r."), new("--s", "The signature's s.")],
            [],
            static (v, _) => KeyOp.DsaVerify(v[0], v[1], v[2], v[3], v[4], v[5], v[6])
        ),
        new(
            "dh",
            "The shared value public^private mod prime",
            [new("--private", "Our private value."), new("--public", "The peer's public value."), new("--prime", "The prime modulus.")],
            s_result,
            static (v, _) => KeyOp.DhComputeKey(v[0], v[1], v[2])
        ),
        new("mod-add", "(a + b) mod mod", [s_a, s_b, s_modulus], s_result, static (v, _) => KeyOp.ModAdd(v[0], v[1], v[2])),
        new("mod-addinv", "-a mod mod", [s_a, s_modulus], s_result, static (v, _) => KeyOp.ModAddInv(v[0], v[1])),
        new("mod-sub", "(a - b) mod mod", [s_a, s_b, s_modulus], s_result, static (v, _) => KeyOp.ModSub(v[0], v[1], v[2])),
        new("mod-mult", "a * b mod mod", [s_a, s_b, s_modulus], s_result, static (v, _) => KeyOp.ModMult(v[0], v[1], v[2])),
        new("mod-multinv", "a^-1 mod mod", [s_a, s_modulus], s_result, static (v, _) => KeyOp.ModMultInv(v[0], v[1])),
        new("mod", "a mod mod", [s_a, s_modulus], s_result, static (v, _) => KeyOp.Mod(v[0], v[1])),
    ];
}
