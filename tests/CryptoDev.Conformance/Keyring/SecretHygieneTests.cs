using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.Keyring;

/// <summary>What went to the kernel is not left in memory of ours, whether the kernel took it or refused it.</summary>
[Collection(KernelKeys.Collection)]
public sealed class SecretHygieneTests
{
    [Theory]
    [InlineData("power")]
    [InlineData("agreement")]
    [InlineData("rsa")]
    public void Operands_of_the_keyring_are_gone_with_the_operation(string what)
    {
        if (!SecretSearch.IsPossible)
        {
            return;
        }

        SecretSearch secret = new();
        using (Build(what, new SecretSearch()))
        {
            // What is made once per process is made.
        }

        KeyOp op = Build(what, secret);
        secret.Count().Should().BePositive("the search must find a secret that is there");
        using (KeyResult result = Targets.Device.Process([op], DriverPolicy.Pinned("keyring"))[0])
        {
            (result.Error is null)
                .Should()
                .Be(
                    Targets
                        .Device.GetKeyFeatures()
                        .Operations.Single(row => row.Driver == "keyring" && row.Operation == op.Operation)
                        .IsAvailable
                );
        }

        op.Dispose();
        secret.Count().Should().Be(0, "the operation is over");
    }

    [Fact]
    public void Numbers_of_a_private_key_are_in_the_kernel_alone()
    {
        if (!SecretSearch.IsPossible)
        {
            return;
        }

        SecretSearch secret = new();
        RSAParameters numbers = new()
        {
            Modulus = Pinned(128),
            Exponent = [1, 0, 1],
            D = Pinned(128),
            P = Pinned(64),
            Q = Pinned(64),
            DP = Pinned(64),
            DQ = Pinned(64),
            InverseQ = Pinned(64),
        };
        foreach (byte[] number in new[] { numbers.D, numbers.P, numbers.DP, numbers.InverseQ })
        {
            secret.Reveal(number.AsSpan(8));
        }

        secret.Count().Should().BePositive("the search must find a secret that is there");
        KernelKey? key = null;
        try
        {
            key = KernelKey.ImportRsaPrivateKey(numbers);
        }
        catch (CryptoDevException)
        {
            KernelKeys.IsPromised.Should().BeFalse();
        }

        foreach (byte[] number in new[] { numbers.D, numbers.P, numbers.DP, numbers.InverseQ })
        {
            CryptographicOperations.ZeroMemory(number);
        }

        secret.Count().Should().Be(0, "the caller's own are cleared, and there are no others");

        // These numbers are of no key, so no signature leaves; nor does a number.
        key?.Invoking(one => one.RsaSign(new byte[32], HashAlgorithmName.SHA256)).Should().Throw<CryptoDevException>();
        secret.Count().Should().Be(0);
        key?.Dispose();
    }

    [Fact]
    public void A_symmetric_key_is_in_the_kernel_alone()
    {
        if (!SecretSearch.IsPossible)
        {
            return;
        }

        SecretSearch secret = new();
        byte[] bytes = Pinned(SecretSearch.Length);
        secret.Reveal(bytes);
        using KernelKey? key = KernelKeys.Symmetric(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        secret.Count().Should().Be(0);
    }

    /// <summary>So that the collector leaves no copy behind.</summary>
    private static byte[] Pinned(int length)
    {
        byte[] bytes = GC.AllocateArray<byte>(length, pinned: true);
        Random.Shared.NextBytes(bytes);
        bytes[0] |= 0x80;
        bytes[^1] |= 1;
        return bytes;
    }

    private static KeyOp Build(string what, SecretSearch secret)
    {
        Span<byte> bytes = stackalloc byte[SecretSearch.Length];
        secret.Reveal(bytes);
        byte[] modulus = Pinned(64);
        byte[] q = Pinned(SecretSearch.Length);
        try
        {
            return what switch
            {
                "power" => KeyOp.ModExp([3], bytes, modulus),
                "agreement" => KeyOp.DhComputeKey(bytes, [5], modulus),
                _ => KeyOp.ModExpCrt(bytes, q, [7], [3], [3], [5]),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
