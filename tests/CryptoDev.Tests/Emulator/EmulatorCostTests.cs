using CryptoDev.Conformance.Support;
using CryptoDev.Dialects;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Emulator;

/// <summary>
/// What an operation costs the managed heap in an emulated device, the driver above it included, which allocates nothing itself
/// (DevCryptoCostTests).
/// </summary>
public sealed class EmulatorCostTests
{
    public static TheoryData<string, string> Cases =>
        new()
        {
            { "cryptodev-linux", "aes-cbc" },
            { "cryptodev-linux", "aes-ctr" },
            { "cryptodev-linux", "aes-gcm" },
            { "cryptodev-linux", "sha256" },
            { "cryptodev-linux", "hmac-sha1" },
            { "netbsd 10", "aes-cbc" },
            { "netbsd 10", "md5" },
            { "netbsd 10", "hmac-sha1" },
            { "freebsd 12", "aes-cbc" },
            { "freebsd 12", "aes-gcm" },
            { "freebsd 13", "aes-gcm" },
            { "freebsd 14", "chacha20" },
            { "freebsd 14", "aes-ccm" },
            { "freebsd 14", "sha512" },
            { "freebsd 14", "hmac-sha256" },
            { "openbsd 2002", "sha1" },
            { "openbsd 2002", "hmac-md5-96" },
            { "openbsd 2014", "blowfish-cbc" },
        };

    public static TheoryData<string, MacOrder> Joint =>
        new()
        {
            { "cryptodev-linux", MacOrder.MacPlaintext },
            { "freebsd 12", MacOrder.MacPlaintext },
            { "freebsd 12", MacOrder.MacCiphertext },
            { "freebsd 14", MacOrder.MacCiphertext },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operation_allocates_nothing(string form, string name)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey? key =
            algorithm.KeySizes.Maximum == 0
                ? null
                : CryptoKey.Copy([.. Enumerable.Range(0, algorithm.KeySizes.Default).Select(i => (byte)i)]);
        bool isDigest = algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac;
        Measure(form, AvailabilityProbe.Sample(algorithm, key), isDigest, name);
    }

    [Theory]
    [MemberData(nameof(Joint))]
    public void Cipher_and_mac_allocate_nothing(string form, MacOrder order)
    {
        using CryptoKey key = new(new byte[16]);
        Measure(
            form,
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, key),
                order
            ),
            false,
            $"{order}"
        );
    }

    /// <summary>A caller whose memory is lent: nothing is copied, and nothing is made for a result that has no place of its own.</summary>
    [Theory]
    [InlineData(CRYPTO_AES_CBC, 0u)]
    [InlineData(0u, CRYPTO_SHA2_256)]
    [InlineData(CRYPTO_AES_CBC, CRYPTO_SHA1)]
    public void Lent_memory_costs_nothing_either(uint cipher, uint mac)
    {
        ForeignProcess process = new() { Lends = true };
        using EmulatedClient client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly }, process: process);
        uint session = LinuxEmulatorTests.Open(client, cipher, cipher == 0 ? null : new byte[16], mac);
        nint data = process.Map(64);
        byte[] argument = new byte[CryptodevLinuxTable.CryptOp.Size(WordSize.LP64)];
        CryptodevLinuxTable.CryptOp.Encode(
            new crypt_op
            {
                ses = session,
                len = 64,
                src = data,
                dst = data,
                mac = process.Map(32),
                iv = cipher == 0 ? 0 : process.Map(16),
            },
            argument,
            WordSize.LP64
        );
        ulong address = (ulong)process.Map(argument);
        uint request = CryptodevLinuxTable.CIOCCRYPT.Code(WordSize.LP64);
        client.File.Ioctl(request, address, process).Should().Be(0);
        process.Lent.Should().BePositive();
        Allocation.Of(() => client.File.Ioctl(request, address, process)).Should().Be(0);
    }

    private static void Measure(string form, SessionParameters parameters, bool isDigest, string what)
    {
        using DevCryptoEmulator emulator = new(
            new DevCryptoEmulatorOptions
            {
                Dialect = Drivers.DevCrypto.DeviceUnderWatch.DialectOf(form),
                Form = form,
                Policy = DriverPolicy.SoftwareOnly,
            }.AllowingSoftware()
        );
        using DevCryptoDriver driver = new(
            new DevCryptoMachine("/dev/crypto", (out Errno error) => EmulatedChannel.Open(emulator, trusted: true, out error), form)
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        using Session session = device.CreateSession(parameters);
        byte[] message = new byte[256];
        byte[] iv = new byte[session.IvLength];
        byte[] output = new byte[256];
        byte[] tag = new byte[session.TagLength];
        CryptDirection direction = CryptDirection.Encrypt;
        void Once() =>
            session.Process(
                new CryptOp
                {
                    Direction = direction,
                    Source = direction == CryptDirection.Encrypt ? message : output,
                    Destination =
                        isDigest ? default
                        : direction == CryptDirection.Encrypt ? output
                        : message,
                    Iv = iv,
                    Tag = direction == CryptDirection.Encrypt ? tag : default,
                    ExpectedTag = direction == CryptDirection.Encrypt ? [] : tag,
                    TagAction = isDigest ? TagAction.Compute : TagAction.Default,
                }
            );

        long ioctls = emulator.Statistics.Ioctls.Values.Sum();
        Allocation.Of(Once).Should().Be(0, "{0} in {1}: bytes allocated by {2} operations", what, form, Allocation.Operations);
        if (!isDigest)
        {
            direction = CryptDirection.Decrypt;
            Allocation.Of(Once).Should().Be(0, "{0} in {1}: bytes allocated by {2} decryptions", what, form, Allocation.Operations);
        }

        (emulator.Statistics.Ioctls.Values.Sum() - ioctls)
            .Should()
            .BeGreaterThanOrEqualTo(Allocation.Operations, "it is the emulated device that worked");
        emulator.Statistics.BytesInFlight.Should().Be(0);
    }
}
