using System.Formats.Asn1;
using System.Security.Cryptography;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// The blocks of PKCS #1 v1.5 (RFC 8017), for results that a card computes wrongly. The kernel's own code then computes them without
/// padding.
/// </summary>
internal static class Pkcs1Padding
{
    /// <summary>The length of the padding around a message (7.2.1).</summary>
    public const int Overhead = 11;

    /// <summary>00 02, random bytes other than 0, 00, the message.</summary>
    public static void PadMessage(ReadOnlySpan<byte> message, Span<byte> block)
    {
        Span<byte> filling = block[2..(block.Length - message.Length - 1)];
        block.Clear();
        block[1] = 2;
        RandomNumberGenerator.Fill(filling);
        for (int i = 0; i < filling.Length; i++)
        {
            while (filling[i] == 0)
            {
                RandomNumberGenerator.Fill(filling.Slice(i, 1));
            }
        }

        message.CopyTo(block[^message.Length..]);
    }

    /// <summary>The position of the message, or -1. The whole block is read in every case.</summary>
    public static int FindMessage(ReadOnlySpan<byte> block)
    {
        int wrong = block[0] | (block[1] ^ 2);
        int start = 0;
        for (int i = 2; i < block.Length; i++)
        {
            // All ones if this is the first zero.
            int isZero = (block[i] - 1) >> 31;
            int isFirst = isZero & ~((0 - start) >> 31);
            start |= isFirst & (i + 1);
        }

        return wrong == 0 && start >= Overhead ? start : -1;
    }

    /// <summary>Writes 00 01, FF bytes, 00 and DigestInfo (9.2). False where the block is too short.</summary>
    public static bool TryPadDigest(KernelHash hash, ReadOnlySpan<byte> digest, Span<byte> block)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(hash.ObjectIdentifier);
                writer.WriteNull();
            }

            writer.WriteOctetString(digest);
        }

        byte[] info = writer.Encode();
        if (block.Length < info.Length + Overhead)
        {
            return false;
        }

        block.Fill(0xFF);
        block[0] = 0;
        block[1] = 1;
        block[^(info.Length + 1)] = 0;
        info.CopyTo(block[^info.Length..]);
        return true;
    }
}
