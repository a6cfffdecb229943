using CryptoDev.Conformance.Support;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>What an operation leaves behind in this process, with a kernel that costs nothing.</summary>
public sealed class DevCryptoCostTests
{
    public static TheoryData<string, string> Cases =>
        new()
        {
            { "linux", "aes-cbc" },
            { "linux", "aes-xts" },
            { "linux", "aes-gcm" },
            { "linux", "aes-ccm" },
            { "linux", "sha256" },
            { "linux", "hmac-sha1" },
            { "netbsd 10", "aes-cbc" },
            { "netbsd 10", "hmac-sha1" },
            { "freebsd 12", "aes-ctr" },
            { "freebsd 12", "aes-gcm" },
            { "freebsd 14", "aes-gcm" },
            { "freebsd 14", "chacha20" },
            { "freebsd 14", "sha512" },
            { "openbsd 2014", "blowfish-cbc" },
            { "openbsd 2002", "md5" },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operation_allocates_nothing_and_is_one_ioctl(string form, string name)
    {
        using SilentChannel channel = new();
        using DevCryptoDriver driver = new(
            new DevCryptoMachine(
                "/dev/crypto",
                (out Errno error) =>
                {
                    error = default;
                    return channel;
                },
                form
            )
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey? key =
            algorithm.KeySizes.Maximum == 0
                ? null
                : CryptoKey.Copy([.. Enumerable.Range(0, algorithm.KeySizes.Default).Select(i => (byte)i)]);
        using Session session = device.CreateSession(AvailabilityProbe.Sample(algorithm, key));
        byte[] message = new byte[256];
        byte[] iv = new byte[session.IvLength];
        byte[] output = new byte[256];
        byte[] tag = new byte[session.TagLength];
        bool isDigest = algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac;
        void Once() =>
            session.Process(
                new CryptOp
                {
                    Source = message,
                    Destination = isDigest ? default : output,
                    Iv = iv,
                    Tag = tag,
                    TagAction = isDigest ? TagAction.Compute : TagAction.Default,
                }
            );

        long calls = channel.Calls;
        Once();
        channel.Calls.Should().Be(calls + 1);
        Allocation.Of(Once).Should().Be(0, "{0} in {1}: bytes allocated by {2} operations", name, form, Allocation.Operations);
    }

    /// <summary>Every address but one in sixteen misses the alignment, so this message is copied.</summary>
    [Fact]
    public void A_data_unit_off_its_alignment_allocates_nothing()
    {
        using SilentChannel channel = new() { AlignMask = 15 };
        using DevCryptoDriver driver = new(
            new DevCryptoMachine(
                "/dev/crypto",
                (out Errno error) =>
                {
                    error = default;
                    return channel;
                },
                "linux"
            )
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        using CryptoKey key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesXts, key));
        byte[] message = new byte[8192 + 1];
        byte[] output = new byte[8192 + 1];
        byte[] iv = new byte[16];
        long calls = channel.Calls;
        Allocation.Of(() => session.Process(CryptOp.Encrypt(message.AsSpan(1), output.AsSpan(1), iv))).Should().Be(0);
        channel.Calls.Should().BeGreaterThan(calls);
    }

    [Fact]
    public void Cipher_and_mac_allocates_nothing()
    {
        using SilentChannel channel = new();
        using DevCryptoDriver driver = new(
            new DevCryptoMachine(
                "/dev/crypto",
                (out Errno error) =>
                {
                    error = default;
                    return channel;
                },
                "linux"
            )
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        using CryptoKey key = new(new byte[16]);
        using Session session = device.CreateSession(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha256, key),
                MacOrder.MacPlaintext
            )
        );
        byte[] message = new byte[256];
        byte[] iv = new byte[16];
        byte[] output = new byte[256 + 32];
        Allocation.Of(() => session.Process(CryptOp.Encrypt(message, output, iv))).Should().Be(0);
    }
}
