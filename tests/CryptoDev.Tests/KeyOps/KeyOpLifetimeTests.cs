using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>These count objects and search memory, so nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KeyOpLifetimeCollection
{
    public const string Name = "key operations alone";
}

/// <summary>Nothing is left: no object of libcrypto, no secret.</summary>
[Collection(KeyOpLifetimeCollection.Name)]
public sealed class KeyOpLifetimeTests
{
    private static readonly Dictionary<string, string> s_group = KeyVectors
        .Read("dsa.txt")
        .First(vector => vector["source"].StartsWith("RFC 6979 A.2.2", StringComparison.Ordinal));
    private static readonly CryptoDeviceOptions s_software = new() { Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public void No_object_of_libcrypto_is_left_by_results_refusals_and_failures()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);

        // What earlier tests have forgotten must not be finalized between the two counts.
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        long before = LibCryptoHandle.Living;
        for (int i = 0; i < 200; i++)
        {
            Func<KeyOp>[] builds =
            [
                () => KeyOp.ModExp([7], [9], [40]),
                () => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1]),
                () => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [2]),
                () => KeyOp.ModExpCrt([10], [23], [2], [7], [15], [2]),
                () => KeyOp.DsaVerify([1], [23], [11], [4], [18], [1], Enumerable.Repeat((byte)1, 9000).ToArray()),
                () => KeyOp.DsaSign([1], [23], [11], [4], [3], (DsaNonce)(i % 2)),
                () => KeyOp.DsaSign([1], [23], [15], [5], [3]),
                () => KeyOp.DsaVerify([1], [23], [11], [4], [18], [1], [1]),
                () => KeyOp.DhComputeKey([3], [4], [23]),
                () => KeyOp.ModAdd([1], [2], [3]),
                () => KeyOp.ModAddInv([1], [3]),
                () => KeyOp.ModSub([1], [2], [3]),
                () => KeyOp.ModMult([1], [2], [3]),
                () => KeyOp.ModMultInv([1], [3]),
                () => KeyOp.ModMultInv([3], [3]),
                () => KeyOp.Mod([1], [3]),
            ];
            foreach (Func<KeyOp> build in builds)
            {
                using KeyOp op = build();
                using KeyResult result = device.Process([op])[0];
                (result.Error is null).Should().Be(result.Status is 0 or LibC.EPERM);
            }

            FluentActions.Invoking(() => KeyOp.ModExp([1], [1], [])).Should().Throw<ArgumentException>();
        }

        LibCryptoHandle.Living.Should().Be(before);
    }

    [Fact]
    public void Operands_are_zeroed_when_the_operation_has_run_and_results_stay_until_it_is_disposed()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        using KeyOp op = KeyOp.ModExp([200], [13], [251]);
        op.GetParameter(0).ToArray().Should().Equal(200);
        device.Process(op).Dispose();

        for (int i = 0; i < op.InputCount; i++)
        {
            op.GetParameter(i).ToArray().Should().OnlyContain(value => value == 0, op.GetParameter(i).Name);
        }

        op.GetParameter(3).ToArray()[0].Should().NotBe(0);
    }

    [Theory]
    [InlineData("base")]
    [InlineData("exponent")]
    [InlineData("base, even modulus")]
    [InlineData("exponent, even modulus")]
    [InlineData("dh")]
    [InlineData("dsa")]
    [InlineData("dsa, random nonce")]
    [InlineData("digest")]
    [InlineData("crt, p")]
    [InlineData("crt, dp")]
    [InlineData("crt, both halves at once")]
    [InlineData("inverse")]
    public void No_secret_is_left_in_memory(string what)
    {
        if (!SecretSearch.IsPossible)
        {
            return;
        }

        using CryptoDevice device = CryptoDevice.Open(s_software);

        // Once before, so that what is made once per process is made.
        using (KeyOp first = Build(what, new SecretSearch()))
        {
            device.Process([first])[0].Dispose();
        }

        SecretSearch secret = new();
        KeyOp op = Build(what, secret);
        secret.Count().Should().BePositive("the search must find a secret that is there");
        using (KeyResult result = device.Process([op])[0])
        {
            result.Operation.Should().Be(op.Operation);
        }

        op.Dispose();
        secret.Count().Should().Be(0, "the operation is over");
    }

    [Fact]
    public void A_result_of_zeros_is_looked_into_without_leaving_the_base_behind()
    {
        if (!SecretSearch.IsPossible)
        {
            return;
        }

        SecretSearch secret = new();
        Span<byte> number = stackalloc byte[SecretSearch.Length];
        secret.Reveal(number);
        KeyringPower.MayBeZero(number, [5], s_group.Hex("p")).Should().BeFalse();
        CryptographicOperations.ZeroMemory(number);
        secret.Count().Should().Be(0);
    }

    /// <summary>Elsewhere the collector may move the buffer while it is written, and leave what was in it.</summary>
    [Fact]
    public void A_key_is_encoded_among_the_large_objects_which_do_not_move()
    {
        byte[] number = [5];
        RsaNumbers key = new()
        {
            Modulus = number,
            PublicExponent = number,
            PrivateExponent = number,
            P = number,
            Q = number,
            Dp = number,
            Dq = number,
            QInverse = number,
        };
        RsaPrivateKeyWriter.Write(key).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RsaPrivateKeyWriter.Write(key).Dispose();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        byte[] large = new byte[85_000];
        GC.GetGeneration(large).Should().Be(GC.MaxGeneration, "so large an array is one of them");
        allocated
            .Should()
            .BeGreaterThan(large.Length)
            .And.BeLessThan(large.Length + 8_000, "and it is the only one: a writer that grows leaves another");
    }

    private static KeyOp Build(string what, SecretSearch search)
    {
        Dictionary<string, string> dsa = s_group;
        Dictionary<string, string> rsa = KeyVectors.Read("rsa.txt").Last();

        // 1024 bits that begin with the secret.
        Span<byte> exponent = stackalloc byte[128];
        rsa.Hex("dp").CopyTo(exponent);
        Span<byte> secret = exponent[..SecretSearch.Length];
        search.Reveal(secret);
        byte[] even = [.. dsa.Hex("p")[..^1], 0];

        // A longer q, so that any secret is below it.
        byte[] q = [0xFF, .. dsa.Hex("q")];
        try
        {
            return what switch
            {
                "base" => KeyOp.ModExp(secret, dsa.Hex("g"), dsa.Hex("p")),
                "exponent" => KeyOp.ModExp(dsa.Hex("g"), secret, dsa.Hex("p")),
                "base, even modulus" => KeyOp.ModExp(secret, dsa.Hex("x"), even),
                "exponent, even modulus" => KeyOp.ModExp(dsa.Hex("g"), secret, even),
                "dh" => KeyOp.DhComputeKey(secret, dsa.Hex("y"), dsa.Hex("p")),
                "dsa" => KeyOp.DsaSign(dsa.Hex("digest"), dsa.Hex("p"), q, dsa.Hex("g"), secret),
                "dsa, random nonce" => KeyOp.DsaSign(dsa.Hex("digest"), dsa.Hex("p"), q, dsa.Hex("g"), secret, DsaNonce.Random),
                "digest" => KeyOp.DsaSign(secret, dsa.Hex("p"), dsa.Hex("q"), dsa.Hex("g"), dsa.Hex("x")),
                "crt, p" => KeyOp.ModExpCrt(secret, dsa.Hex("q"), dsa.Hex("g"), [3], [3], [5]),
                "crt, dp" => KeyOp.ModExpCrt(dsa.Hex("p"), dsa.Hex("q"), dsa.Hex("g"), secret, [3], [5]),
                "crt, both halves at once" => KeyOp.ModExpCrt(
                    rsa.Hex("p"),
                    rsa.Hex("q"),
                    rsa.Hex("message"),
                    exponent,
                    rsa.Hex("dq"),
                    rsa.Hex("qinverse")
                ),
                _ => KeyOp.ModMultInv(secret, dsa.Hex("p")),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
