using System.Buffers.Binary;

namespace CryptoDev.Framework;

/// <summary>The IV of the next piece of a message, computed from the piece before it.</summary>
internal static class IvChain
{
    /// <summary>
    /// Advances <paramref name="iv"/> by <paramref name="blocks"/> whole blocks. The last block's input is <paramref name="lastIn"/> and
    /// its output <paramref name="lastOut"/>.
    /// </summary>
    public static void Advance(
        IvChaining chaining,
        CryptDirection direction,
        Span<byte> iv,
        ReadOnlySpan<byte> lastIn,
        ReadOnlySpan<byte> lastOut,
        int blocks
    )
    {
        switch (chaining)
        {
            case IvChaining.LastCiphertextBlock:
                (direction == CryptDirection.Encrypt ? lastOut : lastIn).CopyTo(iv);
                break;
            case IvChaining.LastKeyStreamBlock:
                for (int i = 0; i < iv.Length; i++)
                {
                    iv[i] = (byte)(lastIn[i] ^ lastOut[i]);
                }

                break;
            case IvChaining.Counter128:
                UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
                BinaryPrimitives.WriteUInt128BigEndian(iv, unchecked(counter + (UInt128)blocks));
                break;
            case IvChaining.Counter32:
                ulong next = BinaryPrimitives.ReadUInt32LittleEndian(iv) + (ulong)blocks;
                BinaryPrimitives.WriteUInt32LittleEndian(iv, unchecked((uint)next));
                break;
        }
    }
}
