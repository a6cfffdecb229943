using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// What FreeBSD's releases share: driver choice, and the structs. The rules of operations changed with 13 and are in the two forms.
/// </summary>
internal abstract partial class FreeBsdCodec(string form, AlgorithmNumberTable numbers)
    : BsdCodec(form, numbers, KeyNumberTable.Classic, FreeBsdTable.Words, (256 * 1024) - 4)
{
    /// <summary>To release 12.</summary>
    public static FreeBsdCodec Release12 { get; } = new FreeBsdCodec12();

    /// <summary>Release 13.0.</summary>
    public static FreeBsdCodec Release13 { get; } = new FreeBsdCodec13();

    /// <summary>Release 14, and those of 13 that read nonce and tag lengths.</summary>
    public static FreeBsdCodec Release14 { get; } = new FreeBsdCodec14("freebsd 14", FreeBsdNumberTable.Release14);

    /// <summary>Applies kern.crypto.allow_soft (0 by default) to a caller's choice of drivers.</summary>
    /// <returns>0, or EINVAL where only software was asked for and is not allowed.</returns>
    public static int Allow(DriverChoice asked, bool allowSoftware, out DriverChoice allowed)
    {
        // Both asked for and software not allowed: hardware alone, without a word.
        allowed = asked.Software && !allowSoftware ? asked with { Software = false } : asked;
        return asked is { Software: true, Hardware: false } && !allowSoftware ? LibC.EINVAL : 0;
    }

    protected static bool IsMate(AlgorithmNumberTable numbers, AlgorithmNumber cipher, in SessionCall call) =>
        numbers.Find(call.Mac, call.MacKeyLength, NumberRole.AeadMate) is { } mate
        && (mate.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_CBC_MAC) == (cipher.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_16);
}
