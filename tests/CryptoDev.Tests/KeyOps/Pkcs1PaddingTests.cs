using System.Security.Cryptography;
using CryptoDev.Drivers.Keyring;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>The blocks of PKCS #1 against the framework, by way of RSA on bare numbers.</summary>
public sealed class Pkcs1PaddingTests
{
    [Fact]
    public void Messages_come_back_and_the_framework_reads_them()
    {
        using RSA rsa = RSA.Create(1024);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
        for (int length = 0; length <= 128 - Pkcs1Padding.Overhead; length++)
        {
            byte[] message = RandomNumberGenerator.GetBytes(length);
            byte[] block = new byte[128];
            Pkcs1Padding.PadMessage(message, block);
            int start = Pkcs1Padding.FindMessage(block);
            block[start..].Should().Equal(message, $"{length} bytes");
            byte[] ciphertext = Power(block, key.Exponent!, key.Modulus!);
            rsa.Decrypt(ciphertext, RSAEncryptionPadding.Pkcs1).Should().Equal(message, $"{length} bytes");
        }
    }

    [Fact]
    public void Blocks_that_are_none_hold_no_message()
    {
        byte[] good = [0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 7, 0, 8];
        Pkcs1Padding.FindMessage(good).Should().Be(11);
        Pkcs1Padding.FindMessage([0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0]).Should().Be(11, "an empty message");
        byte[][] bad =
        [
            [1, .. good[1..]],
            [0, 1, .. good[2..]],
            [0, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 7],
            [0, 2, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            [0, 2, .. Enumerable.Repeat((byte)255, 30)],
            new byte[20],
        ];
        foreach (byte[] block in bad)
        {
            Pkcs1Padding.FindMessage(block).Should().Be(-1, Convert.ToHexString(block));
        }
    }

    [Fact]
    public void Digests_are_wrapped_as_the_framework_does()
    {
        using RSA rsa = RSA.Create(1024);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
        foreach (
            KernelHash hash in KernelHash.All.Where(hash =>
                !hash.KernelName.StartsWith("sha3", StringComparison.Ordinal) || SHA3_256.IsSupported
            )
        )
        {
            byte[] digest = RandomNumberGenerator.GetBytes(hash.Length);
            byte[] block = new byte[128];
            Pkcs1Padding.TryPadDigest(hash, digest, block).Should().BeTrue();
            Power(block, key.D!, key.Modulus!).Should().Equal(rsa.SignHash(digest, hash.Name, RSASignaturePadding.Pkcs1), hash.KernelName);
        }
    }

    /// <summary>RFC 8017, 9.2: at least eight bytes FF, so a key of 512 bits signs nothing of SHA-512.</summary>
    [Fact]
    public void A_digest_that_a_block_has_no_room_for_is_not_wrapped()
    {
        KernelHash hash = KernelHash.Find(HashAlgorithmName.SHA512, "hash");
        const int Shortest = 19 + 64 + Pkcs1Padding.Overhead;
        Pkcs1Padding.TryPadDigest(hash, new byte[64], new byte[64]).Should().BeFalse();
        Pkcs1Padding.TryPadDigest(hash, new byte[64], new byte[Shortest - 1]).Should().BeFalse();
        byte[] block = new byte[Shortest];
        Pkcs1Padding.TryPadDigest(hash, new byte[64], block).Should().BeTrue();
        block[..11].Should().Equal(0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0);
    }

    private static byte[] Power(byte[] number, byte[] exponent, byte[] modulus)
    {
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.ModExp(number, exponent, modulus);
        using KeyResult result = device.Process(op, DriverPolicy.SoftwareOnly);
        return result.ToArray();
    }
}
