using System.Formats.Asn1;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>RSA's private operation by KEYCTL_PKEY_DECRYPT without padding: the kernel's own CRT, with the parts of the key in a PKCS#8 of ours.</summary>
internal static class KeyringRsa
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>The kernel's RSA counts whole words and takes these moduli only.</summary>
    private static readonly int[] ModulusBits = [512, 1024, 1536, 2048, 3072, 4096];

    /// <summary>Why these parts cannot be given to the kernel, or null.</summary>
    public static string? WhyNot(KeyOp op)
    {
        for (int i = 0; i < 2; i++)
        {
            if (op.SignificantBits(i) < 2 || (op.Input(i)[0] & 1) == 0)
            {
                return $"the kernel's RSA takes odd primes, and {op.Facts.Inputs[i].Name} is none";
            }
        }

        using SecureMemoryHandle memory = Product(op);
        ReadOnlySpan<byte> n = memory.Bytes;
        int bits = (LittleEndian.Bits(n) + 63) / 64 * 64;
        if (!ModulusBits.Contains(bits))
        {
            return $"the kernel's RSA takes moduli of {string.Join(", ", ModulusBits)} bits, and this one has {LittleEndian.Bits(n)}";
        }

        for (int i = 3; i < 6; i++)
        {
            if (op.SignificantBits(i) > bits)
            {
                return $"the kernel's RSA takes no {op.Facts.Inputs[i].Name} that is longer than the modulus";
            }
        }

        return LittleEndian.IsBelow(op.Input(2), n) ? null : "the kernel's RSA takes messages below the modulus";
    }

    public static int Compute(KeyOp op)
    {
        using KeyringWork work = new(op.Facts.BsdName);
        using SecureMemoryHandle n = Product(op);
        int key = work.AddKey("asymmetric", Pkcs8(work, op, n.Bytes));
        int length = work.Demand(PrivateKeyringHandle.QueryDecryption(key, out Errno error), error);
        ReadOnlySpan<byte> message = work.BigEndian(op.Input(2));
        Span<byte> result = work.Buffer(length);
        Span<byte> again = work.Buffer(length);
        work.Demand(PrivateKeyringHandle.Decrypt(key, message, result, out error), error);

        // One wrong half gives the factors away to whoever sees the result, and the kernel does not look: so twice.
        work.Demand(PrivateKeyringHandle.Decrypt(key, message, again, out error), error);
        if (!result.SequenceEqual(again))
        {
            throw new CryptoDevException(LibC.EIO, KeyringDriver.Name, op.Facts.BsdName, "two calculations of the same result differ; do not trust this machine's processor or memory.");
        }

        result.Reverse();
        return KeyringPower.Write(result, op.OutputBytes(0));
    }

    /// <summary>p times q, least significant byte first.</summary>
    private static SecureMemoryHandle Product(KeyOp op)
    {
        ReadOnlySpan<byte> p = op.Input(0);
        ReadOnlySpan<byte> q = op.Input(1);
        SecureMemoryHandle product = SecureMemoryHandle.Allocate(p.Length + q.Length);
        Span<byte> bytes = product.Bytes;
        for (int i = 0; i < p.Length; i++)
        {
            int carry = 0;
            for (int j = 0; j < q.Length; j++)
            {
                carry += (p[i] * q[j]) + bytes[i + j];
                bytes[i + j] = (byte)carry;
                carry >>= 8;
            }

            bytes[i + q.Length] = (byte)carry;
        }

        return product;
    }

    /// <summary>PrivateKeyInfo of RFC 5208 around RSAPrivateKey of RFC 8017. e and d are 1: the kernel reads them and uses neither for this.</summary>
    private static ReadOnlySpan<byte> Pkcs8(KeyringWork work, KeyOp op, ReadOnlySpan<byte> n)
    {
        // Large enough from the start: a writer that grows leaves its old buffer uncleared.
        int room = 256 + (2 * (n.Length + op.Input(0).Length + op.Input(1).Length + op.Input(3).Length + op.Input(4).Length + op.Input(5).Length));
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
                    writer.WriteIntegerUnsigned(Significant(work.BigEndian(n)));
                    writer.WriteInteger(1);
                    writer.WriteInteger(1);
                    foreach (int part in new[] { 0, 1, 3, 4, 5 })
                    {
                        writer.WriteIntegerUnsigned(Significant(work.BigEndian(op.Input(part))));
                    }
                }
            }

            Span<byte> encoded = work.Buffer(writer.GetEncodedLength());
            writer.Encode(encoded);
            return encoded;
        }
        finally
        {
            writer.Reset();
        }
    }

    private static ReadOnlySpan<byte> Significant(ReadOnlySpan<byte> bigEndian)
    {
        ReadOnlySpan<byte> significant = bigEndian.TrimStart((byte)0);
        return significant.IsEmpty ? bigEndian[..1] : significant;
    }
}
