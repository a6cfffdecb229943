using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// What FreeBSD's releases share: the choice of drivers, and the structs. The rules of operations changed with 13 and are in separate
/// classes.
/// </summary>
internal abstract partial class FreeBsdCodec(string form, AlgorithmNumberTable numbers)
    : BsdCodec(form, numbers, KeyNumberTable.Classic, FreeBsdTable.Words, (256 * 1024) - 4)
{
    /// <summary>Releases up to 12.</summary>
    public static FreeBsdCodec Release12 { get; } = new FreeBsdCodec12();

    /// <summary>Release 13.0.</summary>
    public static FreeBsdCodec Release13 { get; } = new FreeBsdCodec13();

    /// <summary>Release 14, and the releases of 13 that have the lengths of nonce and tag.</summary>
    public static FreeBsdCodec Release14 { get; } = new FreeBsdCodec14("freebsd 14", FreeBsdNumberTable.Release14);

    /// <summary>Applies kern.crypto.allow_soft (0 by default) to a caller's choice of drivers.</summary>
    /// <returns>0, or EINVAL if the caller asked only for software and software is not allowed.</returns>
    public static int Allow(DriverChoice asked, bool allowSoftware, out DriverChoice allowed)
    {
        // If the caller asked for both and software is not allowed, only hardware is used. There is no error.
        allowed = asked.Software && !allowSoftware ? asked with { Software = false } : asked;
        return asked is { Software: true, Hardware: false } && !allowSoftware ? LibC.EINVAL : 0;
    }

    protected static bool IsMate(AlgorithmNumberTable numbers, AlgorithmNumber cipher, in SessionCall call) =>
        numbers.Find(call.Mac, call.MacKeyLength, NumberRole.AeadMate) is { } mate
        && (mate.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_CBC_MAC) == (cipher.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_16);
}
