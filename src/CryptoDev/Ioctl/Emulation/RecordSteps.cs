using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The two record types of cryptodev-linux's CIOCAUTHCRYPT that use a separate cipher and MAC. The caller holds the session's gate.
/// </summary>
internal static class RecordSteps
{
    /// <summary>
    /// MAC, pad, encrypt (RFC 5246 6.2.3.2). The MAC follows the message. Then padding fills the block. Each padding byte is the number of
    /// padding bytes less one.
    /// </summary>
    public static int Tls(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        written = 0;
        if (plan.Direction == CryptDirection.Decrypt)
        {
            return OpenTls(session, plan, buffers, out written);
        }

        int length = buffers.Source.Length;
        Span<byte> record = buffers.Result[..plan.DestinationLength];
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        CryptEngine.ComputeMac(session, buffers.AssociatedData, buffers.Source, default, tag[..plan.TagLength]);
        buffers.Source.CopyTo(record);
        tag[..plan.TagLength].CopyTo(record[length..]);
        Span<byte> padding = record[(length + plan.TagLength)..];
        padding.Fill((byte)(padding.Length - 1));
        int error = LinuxIv.RunCipher(session, CryptDirection.Encrypt, record, record);
        written = error == 0 ? record.Length : 0;
        return error;
    }

    /// <summary>
    /// Encrypts, then computes a MAC over the header and the ciphertext (RFC 3711). The associated data is the whole packet, and the
    /// message is its end.
    /// </summary>
    public static int Srtp(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        written = 0;
        int length = buffers.Source.Length;
        Span<byte> packet = buffers.AssociatedData;
        Span<byte> payload = packet.Slice((int)(plan.Source.Address() - plan.AssociatedData.Address()), length);
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        if (plan.Direction == CryptDirection.Decrypt)
        {
            CryptEngine.ComputeMac(session, default, packet, default, tag);
            if (!CryptographicOperations.FixedTimeEquals(tag, buffers.Tag))
            {
                return LibC.EBADMSG;
            }

            // These are the bytes that the MAC covers. The second copy of the message may be different.
            payload.CopyTo(buffers.Result);
        }
        else
        {
            buffers.Source.CopyTo(buffers.Result);
        }

        Span<byte> result = buffers.Result[..length];
        int error = LinuxIv.RunCipher(session, plan.Direction, result, result);
        if (error != 0)
        {
            return error;
        }

        written = length;
        if (plan.Direction == CryptDirection.Encrypt)
        {
            result.CopyTo(payload);
            CryptEngine.ComputeMac(session, default, packet, default, buffers.Tag);
        }

        return 0;
    }

    private static int OpenTls(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        written = 0;
        Span<byte> record = buffers.Result[..buffers.Source.Length];
        buffers.Source.CopyTo(record);
        int error = LinuxIv.RunCipher(session, CryptDirection.Decrypt, record, record);
        if (error != 0)
        {
            return error;
        }

        // RFC 5246 6.2.3.2: if the padding is bad, the record is treated as if it had none. So the MAC is computed in both cases, and the
        // answer does not reveal which of the two was wrong.
        int padding = session.Dialect.BlockSize == 1 ? 0 : record[^1] + 1;
        bool isPadded =
            padding + plan.TagLength <= record.Length && (padding == 0 || !record[^padding..].ContainsAnyExcept((byte)(padding - 1)));
        int length = record.Length - plan.TagLength - (isPadded ? padding : 0);
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        CryptEngine.ComputeMac(session, buffers.AssociatedData, record[..length], default, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, record.Slice(length, plan.TagLength)) || !isPadded)
        {
            record.Clear();
            return LibC.EBADMSG;
        }

        written = length;
        return 0;
    }
}
