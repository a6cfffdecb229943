using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.Keyring;

/// <summary>
/// RSA by the emulated card: that it is reached, by its interrupts, and that what it gets wrong is made right. The last holds without a
/// card too.
/// </summary>
[Collection(KernelKeys.Collection)]
public sealed class KernelKeyCardTests
{
    private static readonly RSA s_rsa = RSA.Create(2048);
    private static readonly HashAlgorithmName[] s_hashes =
    [
        HashAlgorithmName.SHA1,
        HashAlgorithmName.SHA256,
        HashAlgorithmName.SHA384,
        HashAlgorithmName.SHA512,
    ];

    [Fact]
    public void The_card_does_pkcs1_and_its_interrupts_count_it()
    {
        const int Rounds = 10;
        using KernelKey? key = KernelKeys.Rsa(s_rsa);
        if (key is null || !Targets.Kernel.EndsWith("+card", StringComparison.Ordinal))
        {
            KernelKey
                .FindRsaDriver(KernelRsaPadding.Pkcs1)
                .Kind.Should()
                .NotBe(DriverKind.Hardware, "no machine of ours without the emulated card has one");
            return;
        }

        SessionDriver driver = KernelKey.FindRsaDriver(KernelRsaPadding.Pkcs1);
        driver.Kind.Should().Be(DriverKind.Hardware);
        driver.KernelDriver.Should().StartWith("virtio");
        driver.PciAddress.Should().Be("0000:00:10.0");
        byte[] ciphertext = s_rsa.Encrypt("by the card"u8, RSAEncryptionPadding.Pkcs1);
        InterruptsOf(Rounds, () => key.RsaDecrypt(ciphertext).Should().Equal("by the card"u8.ToArray()))
            .Should()
            .BeGreaterThanOrEqualTo(KernelKeys.LeastInterrupts(Rounds), "decryption is the card's");
        InterruptsOf(Rounds, () => key.RsaEncrypt("by the card"u8)).Should().BeGreaterThanOrEqualTo(KernelKeys.LeastInterrupts(Rounds));
        InterruptsOf(Rounds, () => key.RsaDecrypt(ciphertext, KernelRsaPadding.None))
            .Should()
            .Be(0, "the card fails the kernel's test of bare RSA");
        foreach (HashAlgorithmName hash in s_hashes)
        {
            byte[] digest = CryptographicOperations.HashData(hash, "digested"u8);
            bool isOnCard = KernelKey.FindRsaDriver(hash).Kind == DriverKind.Hardware;
            isOnCard.Should().Be(hash == HashAlgorithmName.SHA1 && Targets.Kernel != "7.2+card", $"{hash}");
            long counted = InterruptsOf(Rounds, () => key.RsaSign(digest, hash));
            (counted >= KernelKeys.LeastInterrupts(Rounds)).Should().Be(isOnCard, $"{hash}: {counted} interrupts for {Rounds} signatures");
        }
    }

    [Fact]
    public void Results_that_begin_with_a_zero_byte_are_whole()
    {
        using KernelKey? key = KernelKeys.Rsa(s_rsa);
        if (key is null)
        {
            return;
        }

        // One in 256; a card loses the last byte of its own and refuses those of others.
        byte[] ciphertext;
        do
        {
            ciphertext = s_rsa.Encrypt("a message"u8, RSAEncryptionPadding.Pkcs1);
        } while (ciphertext[0] != 0);

        key.RsaDecrypt(ciphertext).Should().Equal("a message"u8.ToArray());
        byte[] digest = new byte[20];
        byte[] signature;
        do
        {
            digest[0]++;
            digest[1] += (byte)(digest[0] == 0 ? 1 : 0);
            signature = s_rsa.SignHash(digest, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
        } while (signature[0] != 0);

        key.RsaSign(digest, HashAlgorithmName.SHA1).Should().Equal(signature);
        key.RsaVerify(digest, signature, HashAlgorithmName.SHA1).Should().BeTrue();
        digest[5] ^= 1;
        key.RsaVerify(digest, signature, HashAlgorithmName.SHA1).Should().BeFalse();
        for (int i = 0; i < 2000; i++)
        {
            byte[] message = BitConverter.GetBytes(i);
            ciphertext = key.RsaEncrypt(message);
            if (i < 20 || ciphertext[0] == 0 || ciphertext[^1] == 0)
            {
                s_rsa.Decrypt(ciphertext, RSAEncryptionPadding.Pkcs1).Should().Equal(message, $"message {i}");
            }
        }
    }

    private static long InterruptsOf(int rounds, Action once)
    {
        long before = KernelKeys.CardInterrupts();
        for (int i = 0; i < rounds; i++)
        {
            once();
        }

        return KernelKeys.CardInterrupts() - before;
    }
}
