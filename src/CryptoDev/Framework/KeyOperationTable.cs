using static CryptoDev.Framework.KeyRuleKind;

namespace CryptoDev.Framework;

/// <summary>
/// The operations of NetBSD's opencrypto(9): order and number of the operands, lengths of the results, and the conditions that are checked
/// before a driver is called. The order is the one of the programs that call the interface. One driver wanted its CRT operands in another
/// order.
/// </summary>
internal static class KeyOperationTable
{
    private static readonly KeyOperand s_result = new("result");

    public static IReadOnlyList<KeyOperationFacts> All { get; } =
    [
        new(KeyOperation.ModExp, "CRK_MOD_EXP", Named("baseValue", "exponent", "modulus"), [s_result], [2], [new(NotZero, 2)]),
        new(
            KeyOperation.ModExpCrt,
            "CRK_MOD_EXP_CRT",
            Named("p", "q", "message", "dp", "dq", "qInverse"),
            [s_result],
            [0, 1],
            [new(NotZero, 0), new(NotZero, 1)]
        ),
        new(
            KeyOperation.DsaSign,
            "CRK_DSA_SIGN",
            [new("digest", IsDigest: true), .. Named("p", "q", "g", "privateKey")],
            Named("r", "s"),
            [2],
            [.. DsaDomain, new(NotZero, 4), new(Below, 4, 2)]
        ),
        new(
            KeyOperation.DsaVerify,
            "CRK_DSA_VERIFY",
            [new("digest", IsDigest: true), .. Named("p", "q", "g", "publicKey", "r", "s")],
            [],
            [],
            [.. DsaDomain, new(AboveOne, 4), new(Below, 4, 1)]
        )
        {
            Verdicts = [new(NotZero, 5), new(Below, 5, 2), new(NotZero, 6), new(Below, 6, 2)],
        },
        new(
            KeyOperation.DhComputeKey,
            "CRK_DH_COMPUTE_KEY",
            Named("privateKey", "publicKey", "prime"),
            [new("sharedValue")],
            [2],
            [new(NotZero, 2), new(NotZero, 0), new(AboveOne, 1), new(AtMostMinusTwo, 1, 2)]
        ),
        new(KeyOperation.ModAdd, "CRK_MOD_ADD", Named("a", "b", "modulus"), [s_result], [2], [new(NotZero, 2)]),
        new(KeyOperation.ModAddInv, "CRK_MOD_ADDINV", Named("a", "modulus"), [s_result], [1], [new(NotZero, 1)]),
        new(KeyOperation.ModSub, "CRK_MOD_SUB", Named("a", "b", "modulus"), [s_result], [2], [new(NotZero, 2)]),
        new(KeyOperation.ModMult, "CRK_MOD_MULT", Named("a", "b", "modulus"), [s_result], [2], [new(NotZero, 2)]),
        new(KeyOperation.ModMultInv, "CRK_MOD_MULTINV", Named("a", "modulus"), [s_result], [1], [new(NotZero, 1)]),
        new(KeyOperation.Mod, "CRK_MOD", Named("a", "modulus"), [s_result], [1], [new(NotZero, 1)]),
    ];

    private static KeyRule[] DsaDomain =>
        [new(NotZero, 0), new(OddPrime, 1), new(OddPrime, 2), new(Below, 2, 1), new(AboveOne, 3), new(Below, 3, 1)];

    /// <summary>The row, or null for an unknown operation number.</summary>
    public static KeyOperationFacts? Find(KeyOperation operation) => (uint)operation < (uint)All.Count ? All[(int)operation] : null;

    private static KeyOperand[] Named(params string[] names) => [.. names.Select(name => new KeyOperand(name))];
}
