using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD's structs and ioctls. Sources: cryptodev.h of 2019 (12), 2020 and 2021 (13, 14), cryptodev.c of each, crypto.4.
/// </summary>
internal static class FreeBsdTable
{
    private const string ToTwelve = "needed to FreeBSD 12; later only with COMPAT_FREEBSD12, where it opens the device again";
    private const string ToThirteen = "to FreeBSD 13";

    public static StructCodec<session_op> SessionOp { get; } = new();

    public static StructCodec<session2_op> Session2Op { get; } = new((typeof(pad_array), StructPart.Array<int>(2)));

    public static StructCodec<crypt_op> CryptOp { get; } = new();

    public static StructCodec<crypt_aead> CryptAead { get; } = new();

    public static StructCodec<crypt_find_op> CryptFindOp { get; } = new((typeof(name_array), StructPart.Characters(32)));

    public static StructCodec<crparam> Crparam { get; } = new();

    public static StructCodec<crypt_kop> CryptKop { get; } = new((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static IoctlInfo CRIOGET { get; } = Request(nameof(CRIOGET), IoctlDirection.Both, 100, null, ToTwelve);

    public static IoctlInfo CIOCGSESSION { get; } = Request(nameof(CIOCGSESSION), IoctlDirection.Both, 101, SessionOp.Info);

    public static IoctlInfo CIOCFSESSION { get; } = Request(nameof(CIOCFSESSION), IoctlDirection.ToKernel, 102, null);

    public static IoctlInfo CIOCCRYPT { get; } = Request(nameof(CIOCCRYPT), IoctlDirection.Both, 103, CryptOp.Info);

    public static IoctlInfo CIOCKEY { get; } = Request(nameof(CIOCKEY), IoctlDirection.Both, 104, CryptKop.Info, ToThirteen);

    public static IoctlInfo CIOCASYMFEAT { get; } = Request(nameof(CIOCASYMFEAT), IoctlDirection.FromKernel, 105, null, ToThirteen);

    public static IoctlInfo CIOCGSESSION2 { get; } = Request(nameof(CIOCGSESSION2), IoctlDirection.Both, 106, Session2Op.Info);

    public static IoctlInfo CIOCKEY2 { get; } = Request(nameof(CIOCKEY2), IoctlDirection.Both, 107, CryptKop.Info, ToThirteen);

    public static IoctlInfo CIOCFINDDEV { get; } =
        Request(nameof(CIOCFINDDEV), IoctlDirection.Both, 108, CryptFindOp.Info, "also called CRIOFINDDEV");

    public static IoctlInfo CIOCCRYPTAEAD { get; } =
        Request(nameof(CIOCCRYPTAEAD), IoctlDirection.Both, 109, CryptAead.Info, "32-bit callers since 2021");

    public static IReadOnlyList<IoctlInfo> Requests { get; } =
    [CRIOGET, CIOCGSESSION, CIOCFSESSION, CIOCCRYPT, CIOCKEY, CIOCASYMFEAT, CIOCGSESSION2, CIOCKEY2, CIOCFINDDEV, CIOCCRYPTAEAD];

    public static IReadOnlyList<StructInfo> Structs { get; } =
    [SessionOp.Info, Session2Op.Info, CryptOp.Info, CryptAead.Info, CryptFindOp.Info, Crparam.Info, CryptKop.Info];

    public static CallWordTable Words { get; } =
        new(
            [(0, CryptAction.Unspecified), (COP_ENCRYPT, CryptAction.Encrypt), (COP_DECRYPT, CryptAction.Decrypt)],
            [(COP_F_CIPHER_FIRST, CryptCallFlags.CipherFirst), (COP_F_BATCH, CryptCallFlags.Batch)]
        );

    private static IoctlInfo Request(string name, IoctlDirection direction, byte number, StructInfo? argument, string note = "") =>
        new(IoctlEncodings.Bsd, name, direction, number, argument, note);
}
