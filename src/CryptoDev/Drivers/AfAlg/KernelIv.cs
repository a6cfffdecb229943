using System.Diagnostics;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>Converts the IV of an operation to the kernel's format.</summary>
internal static class KernelIv
{
    private const int CcmBlock = 16;
    private const int CcmNonceAndLength = 15;

    /// <summary>The length of the kernel's IV in bytes for a session; 0 where the mode has none.</summary>
    public static int LengthOf(CryptoTransform transform) =>
        transform.Algorithm.Kernel.IvFormat == KernelIvFormat.CcmCounterBlock ? CcmBlock : transform.EffectiveIvLength;

    /// <summary>
    /// Writes the counter block of RFC 3610. Its first byte is the number of bytes of the length field, less one. The nonce and zeros
    /// follow. With another first byte the receive call fails with EINVAL.
    /// </summary>
    public static void WriteCcmBlock(ReadOnlySpan<byte> nonce, Span<byte> block)
    {
        Debug.Assert(block.Length == CcmBlock);
        block.Clear();
        block[0] = (byte)(CcmNonceAndLength - nonce.Length - 1);
        nonce.CopyTo(block[1..]);
    }
}
