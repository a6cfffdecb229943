using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Native;
using CryptoDev.Tests.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>What the device said is believed for its time, and told with its number.</summary>
public sealed class DeviceFindingTests
{
    private static readonly SessionParameters s_digest = SessionParameters.Digest(CryptoAlgorithm.Sha256);
    private static readonly uint s_open = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCGSESSION").Code();
    private static readonly uint s_key = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCKEY").Code();

    [Fact]
    public void A_refusal_is_believed_for_five_seconds_and_then_asked_again()
    {
        ManualClock clock = new();
        using DeviceUnderWatch watch = new("cryptodev-linux", clock: clock);
        _ = watch.Driver.Availability;
        watch.Channel.Instead = (request, _) => request == s_open ? -LibC.EINVAL : null;
        watch.Driver.Probe(s_digest).Accepted.Should().BeFalse();
        watch.Channel.Instead = null;
        watch.Driver.Probe(s_digest).Accepted.Should().BeFalse("it was asked a moment ago");
        clock.Advance(TimeSpan.FromSeconds(5));
        watch.Driver.Probe(s_digest).Accepted.Should().BeTrue("a module may have come");
    }

    [Theory]
    [InlineData(LibC.ENOMEM)]
    [InlineData(LibC.EMFILE)]
    public void Want_of_memory_is_told_as_such_and_not_believed_a_moment_later(int errno)
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", clock: new ManualClock());
        _ = watch.Driver.Availability;
        watch.Channel.Instead = (request, _) => request == s_open ? -errno : null;
        CryptoDevException error = watch
            .Device.Invoking(device => device.CreateSession(s_digest))
            .Should()
            .Throw<CryptoDevException>()
            .Which;
        error.Errno.Should().Be(errno);
        error.Message.Should().NotContain("has no driver for it");
        watch.Channel.Instead = null;
        watch.Device.CreateSession(s_digest).Dispose();
    }

    [Theory]
    [InlineData(LibC.EMFILE, LibC.EMFILE)]
    [InlineData(LibC.EACCES, LibC.EACCES)]
    [InlineData(LibC.ENOENT, LibC.ENODEV)]
    public void Why_the_device_could_not_be_opened_is_the_errno(int opening, int expected)
    {
        using DevCryptoDriver driver = new(
            new DevCryptoMachine(
                "/dev/crypto",
                (out Errno error) =>
                {
                    error = new Errno(opening);
                    return null;
                },
                null
            )
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        device.Invoking(one => one.CreateSession(s_digest)).Should().Throw<CryptoDevException>().Which.Errno.Should().Be(expected);
        driver
            .Invoking(one => one.OpenSession(s_digest))
            .Should()
            .Throw<CryptoDevException>("it was there a moment ago")
            .Which.Errno.Should()
            .Be(opening);
    }

    [Fact]
    public void A_key_operation_that_was_refused_is_asked_again_after_its_time()
    {
        ManualClock clock = new();
        using DeviceUnderWatch watch = new("netbsd 10", clock: clock);
        _ = watch.Driver.Availability;
        using KeyOp op = KeyOp.ModExpCrt([0xC1], [0xC5], [2], [3], [3], [1]);
        watch.Channel.Instead = (request, _) => request == s_key ? -LibC.ENODEV : null;
        watch.Driver.ProbeKey(op).Accepted.Should().BeFalse();
        watch.Channel.Instead = null;
        watch.Driver.ProbeKey(op).Accepted.Should().BeFalse();
        clock.Advance(TimeSpan.FromSeconds(5));
        watch.Driver.ProbeKey(op).Accepted.Should().BeTrue();
    }

    [Fact]
    public void A_device_without_memory_for_an_operation_is_passed_over_at_the_first()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", policy: DriverPolicy.Ladder);
        uint crypt = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT").Code();
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key));
        session.Driver.Rung.Should().Be("devcrypto");
        watch.Channel.Instead = (request, _) => request == crypt ? -LibC.ENOMEM : null;
        byte[] expected = new byte[64];
        using (Session software = watch.Device.CreateSession(session.Parameters, DriverPolicy.SoftwareOnly))
        {
            software.Process(CryptOp.Encrypt(new byte[64], expected, new byte[16]));
        }

        byte[] inPlace = new byte[64];
        session.Process(CryptOp.Encrypt(inPlace, inPlace, new byte[16])).Should().Be(64);
        inPlace.Should().Equal(expected);
        session.Driver.Rung.Should().NotBe("devcrypto");
        session
            .Driver.PassedOver.Should()
            .Contain(passed => passed.Driver == "devcrypto" && passed.Reason.Contains("ENOMEM") && passed.Reason.Contains("out of memory"));
        session.Statistics.Should().Be(new SessionStatistics(1, 64, 0));
        watch.Emulator.Statistics.OpenSessions.Should().Be(0, "the rung that was left is closed");
    }
}
