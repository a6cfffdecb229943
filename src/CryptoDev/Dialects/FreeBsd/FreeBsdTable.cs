using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.FreeBsd;
using static CryptoDev.Ioctl.IoctlDirection;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD's structs and ioctls. Sources: cryptodev.h of 2019 (12), 2020 and 2021 (13, 14), cryptodev.c of each, crypto.4.
/// </summary>
internal static class FreeBsdTable
{
    private const string ToTwelve = "needed to FreeBSD 12; later only with COMPAT_FREEBSD12, where it opens the device again";
    private const string ToThirteen = "to FreeBSD 13";

    /// <summary>The rows below, in the order of their declaration.</summary>
    public static IoctlTable Rows { get; } = new(IoctlEncodings.Bsd);

    public static StructCodec<session_op> SessionOp { get; } = Rows.Struct<session_op>();

    public static StructCodec<session2_op> Session2Op { get; } = Rows.Struct<session2_op>((typeof(pad_array), StructPart.Array<int>(2)));

    public static StructCodec<crypt_op> CryptOp { get; } = Rows.Struct<crypt_op>();

    public static StructCodec<crypt_aead> CryptAead { get; } = Rows.Struct<crypt_aead>();

    public static StructCodec<crypt_find_op> CryptFindOp { get; } =
        Rows.Struct<crypt_find_op>((typeof(name_array), StructPart.Characters(32)));

    public static StructCodec<crparam> Crparam { get; } = Rows.Struct<crparam>();

    public static StructCodec<crypt_kop> CryptKop { get; } =
        Rows.Struct<crypt_kop>((typeof(crparam_array), StructPart.Array(Crparam, (int)CRK_MAXPARAM)));

    public static IoctlInfo CRIOGET { get; } = Rows.Ioctl(Both, 100, null, ToTwelve);

    public static IoctlInfo CIOCGSESSION { get; } = Rows.Ioctl(Both, 101, SessionOp.Info);

    public static IoctlInfo CIOCFSESSION { get; } = Rows.Ioctl(ToKernel, 102, null);

    public static IoctlInfo CIOCCRYPT { get; } = Rows.Ioctl(Both, 103, CryptOp.Info);

    public static IoctlInfo CIOCKEY { get; } = Rows.Ioctl(Both, 104, CryptKop.Info, ToThirteen);

    public static IoctlInfo CIOCASYMFEAT { get; } = Rows.Ioctl(FromKernel, 105, null, ToThirteen);

    public static IoctlInfo CIOCGSESSION2 { get; } = Rows.Ioctl(Both, 106, Session2Op.Info);

    public static IoctlInfo CIOCKEY2 { get; } = Rows.Ioctl(Both, 107, CryptKop.Info, ToThirteen);

    public static IoctlInfo CIOCFINDDEV { get; } = Rows.Ioctl(Both, 108, CryptFindOp.Info, "also called CRIOFINDDEV");

    public static IoctlInfo CIOCCRYPTAEAD { get; } = Rows.Ioctl(Both, 109, CryptAead.Info, "32-bit callers since 2021");

    public static CallWordTable Words { get; } =
        new(
            [(0, CryptAction.Unspecified), (COP_ENCRYPT, CryptAction.Encrypt), (COP_DECRYPT, CryptAction.Decrypt)],
            [(COP_F_CIPHER_FIRST, CryptCallFlags.CipherFirst), (COP_F_BATCH, CryptCallFlags.Batch)]
        );
}
