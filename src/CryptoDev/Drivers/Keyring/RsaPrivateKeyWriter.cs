using System.Formats.Asn1;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>The numbers of an RSA private key, most significant byte first. Leading zeros are ignored.</summary>
internal readonly ref struct RsaNumbers
{
    public required ReadOnlySpan<byte> Modulus { get; init; }

    public required ReadOnlySpan<byte> PublicExponent { get; init; }

    public required ReadOnlySpan<byte> PrivateExponent { get; init; }

    public required ReadOnlySpan<byte> P { get; init; }

    public required ReadOnlySpan<byte> Q { get; init; }

    public required ReadOnlySpan<byte> Dp { get; init; }

    public required ReadOnlySpan<byte> Dq { get; init; }

    public required ReadOnlySpan<byte> QInverse { get; init; }
}

/// <summary>
/// Writes an RSA private key in the form that the kernel accepts: PrivateKeyInfo of RFC 5208 around RSAPrivateKey of RFC 8017.
/// </summary>
internal static class RsaPrivateKeyWriter
{
    public const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>The smallest length of an array on the large object heap.</summary>
    private const int LargeObject = 85_000;

    public static SecureMemoryHandle Write(in RsaNumbers key)
    {
        // The buffer is large enough from the start, because a writer that grows leaves its old buffer uncleared. It is on the large object
        // heap, because the collector does not move objects there. Moving a buffer leaves a copy of the key behind.
        int room =
            256
            + (
                2
                * (
                    key.Modulus.Length
                    + key.PublicExponent.Length
                    + key.PrivateExponent.Length
                    + key.P.Length
                    + key.Q.Length
                    + key.Dp.Length
                    + key.Dq.Length
                    + key.QInverse.Length
                )
            );
        room = Math.Max(room, LargeObject);
        AsnWriter writer = new(AsnEncodingRules.DER, room);
        try
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(0);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(RsaEncryption);
                    writer.WriteNull();
                }

                using (writer.PushOctetString())
                using (writer.PushSequence())
                {
                    writer.WriteInteger(0);
                    Add(writer, key.Modulus);
                    Add(writer, key.PublicExponent);
                    Add(writer, key.PrivateExponent);
                    Add(writer, key.P);
                    Add(writer, key.Q);
                    Add(writer, key.Dp);
                    Add(writer, key.Dq);
                    Add(writer, key.QInverse);
                }
            }

            SecureMemoryHandle encoded = SecureMemoryHandle.Allocate(writer.GetEncodedLength());
            writer.Encode(encoded.Bytes);
            return encoded;
        }
        finally
        {
            writer.Reset();
        }
    }

    private static void Add(AsnWriter writer, ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> significant = number.TrimStart((byte)0);
        writer.WriteIntegerUnsigned(significant.IsEmpty ? "\0"u8 : significant);
    }
}
