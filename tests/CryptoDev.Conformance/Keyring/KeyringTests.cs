using System.Globalization;
using System.Numerics;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.Keyring;

/// <summary>
/// Key operations by the kernel's keys: the same numbers as BigInteger's, and no key left. Where the kernel has none, a reason.
/// </summary>
[Collection(KernelKeys.Collection)]
public sealed class KeyringTests
{
    private static readonly string[] s_kernelsWithKeys = ["6.1", "6.12", "7.2"];
    private static readonly DriverPolicy s_keyring = DriverPolicy.Pinned("keyring");

    /// <summary>Inside QEMU a power takes tens of times longer.</summary>
    private static readonly int s_rounds =
        Targets.Long ? 1000
        : Targets.InLab ? 60
        : 200;

    private readonly int _seed = Environment.GetEnvironmentVariable("CRYPTODEV_SEED") is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : Random.Shared.Next();
    private readonly Random _random;

    static KeyringTests()
    {
        KernelKeys.LoadParser();
        Features = Targets.Device.GetKeyFeatures();
    }

    public KeyringTests() => _random = new Random(_seed);

    private static KeyFeatures Features { get; }

    private static bool HasPower => Availability(KeyOperation.ModExp).IsAvailable;

    private static bool HasRsa => Availability(KeyOperation.ModExpCrt).IsAvailable;

    [Fact]
    public void Kernels_that_have_keys_serve_and_the_others_have_a_reason()
    {
        bool promised = s_kernelsWithKeys.Contains(Targets.Kernel.Split('+')[0]);
        foreach (KeyOperation operation in new[] { KeyOperation.ModExp, KeyOperation.DhComputeKey, KeyOperation.ModExpCrt })
        {
            KeyAvailability availability = Availability(operation);
            (availability.IsAvailable || !promised).Should().BeTrue($"kernel {Targets.Kernel} has it: {availability.Reason}");
            (availability.Reason is null).Should().Be(availability.IsAvailable);
        }

        Availability(KeyOperation.DsaSign).Reason.Should().Be("the kernel offers no such operation to programs");
        Features.ServedBy[KeyOperation.ModExp].Should().NotBe("keyring", "it serves only when pinned");
    }

    [Fact]
    public void What_the_kernel_lacks_is_refused_with_its_reason()
    {
        using KeyOp sign = KeyOp.DsaSign([1], [23], [11], [4], [3]);
        Targets
            .Device.Invoking(device => device.Process(sign, s_keyring))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*offers no such operation*");
        Targets
            .Device.Invoking(device => device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), s_keyring))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*no sessions*");
        if (!HasPower)
        {
            using KeyOp power = KeyOp.ModExp([2], [3], [5]);
            Targets
                .Device.Invoking(device => device.Process(power, s_keyring))
                .Should()
                .Throw<CryptoDevException>()
                .WithMessage($"*{Availability(KeyOperation.ModExp).Reason}*");
        }
    }

    [Fact]
    public void Powers_are_those_of_BigInteger()
    {
        if (!HasPower)
        {
            Availability(KeyOperation.ModExp).Reason.Should().NotBeNullOrWhiteSpace();
            return;
        }

        int[] bits = [0, 1, 2, 8, 63, 64, 65, 251, 512, 1023, 1024];
        for (int round = 0; round < s_rounds; round++)
        {
            BigInteger a = Number(bits[_random.Next(bits.Length)]);
            BigInteger e = Number(bits[_random.Next(bits.Length)]);
            BigInteger m = Number(Math.Max(1, bits[_random.Next(bits.Length)]));
            m = (round % 4) switch
            {
                0 => BigInteger.Max(m & ~BigInteger.One, 2),
                1 => BigInteger.One << (int)(m.GetBitLength() - 1),
                _ => m,
            };
            Power(a, e, m).Should().Be(BigInteger.ModPow(a, e, m), $"round {round}, seed {_seed}: {a:x} ^ {e:x} mod {m:x}");
        }
    }

    [Fact]
    public void Edges_of_powers()
    {
        if (!HasPower)
        {
            Availability(KeyOperation.ModExp).Reason.Should().NotBeNullOrWhiteSpace();
            return;
        }

        Power(0, 0, 7).Should().Be(1);
        Power(0, 5, 7).Should().Be(0, "a power that is 0 is told from a failure that gives zeros");
        Power(6, 9, 1).Should().Be(0);
        Power(6, 0, 1).Should().Be(0);
        Power(6, 20, 24).Should().Be(0);
        Power(200, 2, 8).Should().Be(0);
        BigInteger large = Number(16384) | 1;
        BigInteger longBase = Number(16000);
        Power(longBase, 3, large).Should().Be(BigInteger.ModPow(longBase, 3, large), $"seed {_seed}");
        BigInteger longExponent = Number(4000);
        Power(3, longExponent, 251).Should().Be(BigInteger.ModPow(3, longExponent, 251), "operands longer than the modulus are padded for");
    }

    [Fact]
    public void Rsa_is_that_of_BigInteger_and_sizes_the_kernel_lacks_have_a_reason()
    {
        if (!HasRsa)
        {
            Availability(KeyOperation.ModExpCrt).Reason.Should().NotBeNullOrWhiteSpace();
            return;
        }

        int rounds = Targets.InLab ? 3 : 20;
        for (int round = 0; round < rounds; round++)
        {
            using System.Security.Cryptography.RSA rsa = System.Security.Cryptography.RSA.Create(round % 3 == 2 ? 2048 : 1024);
            System.Security.Cryptography.RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
            BigInteger n = Unsigned(key.Modulus!);
            BigInteger message = Number((int)n.GetBitLength() - 1);
            using KeyOp op = KeyOp.ModExpCrt(key.P!, key.Q!, Bytes(message), key.DP!, key.DQ!, key.InverseQ!);
            using KeyResult result = Targets.Device.Process(op, s_keyring);
            Unsigned(result.ToArray()).Should().Be(BigInteger.ModPow(message, Unsigned(key.D!), n), $"round {round}, seed {_seed}");
            result.Driver!.Name.Should().Be("keyring");

            using KeyOp tooLarge = KeyOp.ModExpCrt(key.P!, key.Q!, Bytes(n), key.DP!, key.DQ!, key.InverseQ!);
            Targets
                .Device.Invoking(device => device.Process(tooLarge, s_keyring))
                .Should()
                .Throw<CryptoDevException>()
                .WithMessage("*messages from 2 to pq - 2*");
        }

        using KeyOp small = KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1]);
        Targets
            .Device.Invoking(device => device.Process(small, s_keyring))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*this one has 8*");
        using KeyOp next = KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1]);
        using KeyResult other = Targets.Device.Process(next, DriverPolicy.Pinned("keyring", "software"));
        other.Driver!.Name.Should().Be("software");
    }

    [Fact]
    public void No_key_is_left_by_results_and_refusals_on_any_thread()
    {
        if (!File.Exists("/proc/keys"))
        {
            HasPower.Should().BeFalse("a kernel with keys lists them");
            return;
        }

        Parallel.For(
            0,
            40,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            i =>
            {
                using KeyOp op = i % 2 == 0 ? KeyOp.ModExp([7], [5], [251]) : KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1]);
                using KeyResult result = Targets.Device.Process([op], s_keyring)[0];
                (result.Error is null).Should().Be(i % 2 == 0 && HasPower, $"{result.Error}");
            }
        );

        KernelKeys.WaitUntilNoneIsLeft().Should().BeEmpty();
    }

    private static KeyAvailability Availability(KeyOperation operation) =>
        Features.Operations.Single(one => one.Driver == "keyring" && one.Operation == operation);

    private static BigInteger Unsigned(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);

    private static BigInteger Power(BigInteger a, BigInteger e, BigInteger m)
    {
        using KeyOp op = KeyOp.ModExp(Bytes(a), Bytes(e), Bytes(m));
        using KeyResult result = Targets.Device.Process(op, s_keyring);
        result.Driver!.Name.Should().Be("keyring");
        return Unsigned(result.ToArray());
    }

    private BigInteger Number(int bits)
    {
        byte[] bytes = new byte[(bits / 8) + 1];
        _random.NextBytes(bytes);
        BigInteger top = bits == 0 ? BigInteger.Zero : BigInteger.One << (bits - 1);
        return bits == 0 ? 0 : top + (new BigInteger(bytes, isUnsigned: true) % top);
    }
}
