using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// The key operations of a dialect, found by number or by operation, and the kernel's checks before it copies a parameter.
/// </summary>
internal sealed class KeyNumberTable(uint mostBits, params IReadOnlyList<KeyOperationNumber> rows)
{
    /// <summary>
    /// The numbers of operands and results. Programs and drivers agree on the order of the parameters, except for CRT: ubsec has the
    /// message last (docs/dialects.md).
    /// </summary>
    private static readonly KeyOperationNumber[] s_classic =
    [
        new(0, "CRK_MOD_EXP", KeyOperation.ModExp, 3, 1),
        new(1, "CRK_MOD_EXP_CRT", KeyOperation.ModExpCrt, 6, 1),
        new(2, "CRK_DSA_SIGN", KeyOperation.DsaSign, 5, 2),
        new(3, "CRK_DSA_VERIFY", KeyOperation.DsaVerify, 7, 0),
        new(4, "CRK_DH_COMPUTE_KEY", KeyOperation.DhComputeKey, 3, 1) { GivesBytes = true },
    ];

    private static readonly KeyOperationNumber[] s_modular =
    [
        new(5, "CRK_MOD_ADD", KeyOperation.ModAdd, 3, 1),
        new(6, "CRK_MOD_ADDINV", KeyOperation.ModAddInv, 2, 1),
        new(7, "CRK_MOD_SUB", KeyOperation.ModSub, 3, 1),
        new(8, "CRK_MOD_MULT", KeyOperation.ModMult, 3, 1),
        new(9, "CRK_MOD_MULTINV", KeyOperation.ModMultInv, 2, 1),
        new(10, "CRK_MOD", KeyOperation.Mod, 2, 1),
    ];

    /// <summary>For kernels without a limit of bits (NetBSD r1.84, OpenBSD r1.42). Without it a client could ask for gigabytes.</summary>
    private const uint OwnMostBits = 1 << 20;

    /// <summary>
    /// The five operations of OpenBSD, FreeBSD and the Linux header. Their kernels refuse more than 65536 bits in any parameter, also in
    /// unused ones.
    /// </summary>
    public static KeyNumberTable Classic { get; } = new(65536, s_classic);

    /// <summary>The same five operations in OpenBSD of 2002, which has no limit of bits.</summary>
    public static KeyNumberTable Unbounded { get; } = new(OwnMostBits, s_classic);

    /// <summary>The eleven operations of NetBSD.</summary>
    public static KeyNumberTable WithModular { get; } = new(OwnMostBits, [.. s_classic, .. s_modular]);

    public IReadOnlyList<KeyOperationNumber> Rows => rows;

    public KeyOperationNumber? Find(uint id) => rows.FirstOrDefault(row => row.Id == id);

    public KeyOperationNumber? Find(KeyOperation function) => rows.FirstOrDefault(row => row.Function == function);

    /// <summary>Makes the kernels' checks in their order. 0, or the errno of the dialect.</summary>
    public int Check(in KeyCall call)
    {
        if (call.InputCount + call.OutputCount > KeySlots.Count)
        {
            return LibC.EFBIG;
        }

        if (Find(call.Operation) is not { } row || row.Inputs != call.InputCount || row.Outputs != call.OutputCount)
        {
            return LibC.EINVAL;
        }

        foreach (KeySlot parameter in call.Parameters)
        {
            if (parameter.Bits > mostBits)
            {
                return LibC.EINVAL;
            }
        }

        return 0;
    }
}
