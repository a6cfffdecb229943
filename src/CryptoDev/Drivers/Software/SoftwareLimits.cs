using CryptoDev.Framework;

namespace CryptoDev.Drivers.Software;

/// <summary>The longest messages of the software rung.</summary>
internal static class SoftwareLimits
{
    /// <summary>What one span can hold, and libcrypto's int lengths.</summary>
    public const int OneCall = int.MaxValue - 64;

    /// <summary>IEEE 1619: a data unit has at most 2^20 blocks; libcrypto refuses more.</summary>
    private const int XtsDataUnit = 1 << 24;

    public static long MaxMessageLength(CryptoTransform transform) => transform.Algorithm switch
    {
        { Libcrypto.KeysInKey: 2 } => XtsDataUnit,
        { Kernel.IvFormat: KernelIvFormat.CcmCounterBlock } => Math.Min(OneCall, CcmLimit(transform.EffectiveIvLength)),
        _ => OneCall,
    };

    /// <summary>SP 800-38C A.1: the length field has 15 - n bytes.</summary>
    public static long CcmLimit(int nonceLength)
    {
        int lengthBytes = 15 - nonceLength;
        return lengthBytes >= 8 ? long.MaxValue : (1L << (8 * lengthBytes)) - 1;
    }
}
