using System.Diagnostics;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>The op's IV as the kernel wants it.</summary>
internal static class KernelIv
{
    private const int CcmBlock = 16;
    private const int CcmNonceAndLength = 15;

    /// <summary>Bytes of the kernel's IV for a session; 0 where the mode has none.</summary>
    public static int LengthOf(CryptoTransform transform) =>
        transform.Algorithm.Kernel.IvFormat == KernelIvFormat.CcmCounterBlock ? CcmBlock : transform.EffectiveIvLength;

    /// <summary>
    /// RFC 3610's counter block: one less than the bytes of the length field, the nonce, zeros. Another first byte is EINVAL when received.
    /// </summary>
    public static void WriteCcmBlock(ReadOnlySpan<byte> nonce, Span<byte> block)
    {
        Debug.Assert(block.Length == CcmBlock);
        block.Clear();
        block[0] = (byte)(CcmNonceAndLength - nonce.Length - 1);
        nonce.CopyTo(block[1..]);
    }
}
