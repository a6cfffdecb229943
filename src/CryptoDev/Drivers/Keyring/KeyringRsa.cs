using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// RSA's private operation by KEYCTL_PKEY_DECRYPT without padding. The kernel's own CRT runs on the parts of the key, which are passed in a
/// PKCS#8 structure written here.
/// </summary>
internal static class KeyringRsa
{
    /// <summary>The kernel's RSA counts whole words and accepts only these moduli.</summary>
    internal static readonly int[] ModulusBits = [512, 1024, 1536, 2048, 3072, 4096];

    private static ReadOnlySpan<byte> Raw => "enc=raw\0"u8;

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

        // Linux 6.12 refuses 0, 1 and n - 1 (SP 800-56B), 6.1 does not.
        return op.SignificantBits(2) > 1 && LittleEndian.IsBelow(op.Input(2), n, add: 1)
            ? null
            : "the kernel's RSA takes messages from 2 to pq - 2";
    }

    public static int Compute(KeyOp op)
    {
        using KeyringWork work = new(op.Facts.BsdName);
        using SecureMemoryHandle n = Product(op);
        ReadOnlySpan<byte> one = [1];

        // e and d are written as 1: the kernel reads them but does not use them here.
        using SecureMemoryHandle encoded = RsaPrivateKeyWriter.Write(
            new RsaNumbers
            {
                Modulus = work.BigEndian(n.Bytes),
                PublicExponent = one,
                PrivateExponent = one,
                P = work.BigEndian(op.Input(0)),
                Q = work.BigEndian(op.Input(1)),
                Dp = work.BigEndian(op.Input(3)),
                Dq = work.BigEndian(op.Input(4)),
                QInverse = work.BigEndian(op.Input(5)),
            }
        );
        int key = work.AddKey("asymmetric", encoded.Bytes);
        bool isKnown = AsymmetricKey.Query(key, Raw, out keyctl_pkey_query facts, out Errno error);
        work.Demand(isKnown ? 0 : -1, error);
        int length = facts.max_dec_size;
        ReadOnlySpan<byte> message = work.BigEndian(op.Input(2));
        Span<byte> result = work.Buffer(length);
        Span<byte> again = work.Buffer(length);
        work.Demand(AsymmetricKey.Run(LibC.KEYCTL_PKEY_DECRYPT, key, Raw, message, result, out error), error);

        // A faulty half of the CRT would reveal the factors to the reader of the result, and the kernel does not check. So the operation
        // runs twice.
        work.Demand(AsymmetricKey.Run(LibC.KEYCTL_PKEY_DECRYPT, key, Raw, message, again, out error), error);
        if (!result.SequenceEqual(again))
        {
            throw new CryptoDevException(
                LibC.EIO,
                KeyringDriver.Name,
                op.Facts.BsdName,
                "two calculations of the same result differ; do not trust this machine's processor or memory."
            );
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
}
