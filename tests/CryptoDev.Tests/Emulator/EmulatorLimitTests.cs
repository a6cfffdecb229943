using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>What a client may take, what a device tells of itself, and how it is made.</summary>
public sealed class EmulatorLimitTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly DevCryptoEmulatorOptions s_options = new() { Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public void Open_files_are_limited()
    {
        using DevCryptoEmulator device = new(s_options with { Limits = new EmulatorLimits { OpenFiles = 2 } });
        device.Open(out EmulatedFile? first).Should().Be(0);
        device.Open(out EmulatedFile? second).Should().Be(0);
        device.Open(out EmulatedFile? third).Should().Be(LibC.ENFILE);
        third.Should().BeNull();
        first!.Id.Should().NotBe(second!.Id);
        first.Dispose();
        first.Dispose();
        device.Open(out third).Should().Be(0, "one is closed, and closing it twice gives no more room");
        device.Open(out _).Should().Be(LibC.ENFILE);
    }

    [Theory]
    [InlineData("linux", null)]
    [InlineData("freebsd", "freebsd 12")]
    [InlineData("freebsd", "freebsd 14")]
    [InlineData("netbsd", null)]
    [InlineData("openbsd", null)]
    public void Sessions_are_limited_for_each_and_for_all(string dialect, string? form)
    {
        DevCryptoEmulatorOptions options = (
            s_options with
            {
                Dialect = DialectInfo.Parse(dialect),
                Form = form,
                Limits = new EmulatorLimits { SessionsPerFile = 3, Sessions = 4 },
            }
        ).AllowingSoftware();
        using EmulatedClient client = new(options, process: new ForeignProcess { CanInstallDescriptors = false });
        using EmulatedClient other = new(client.Device, new ForeignProcess { CanInstallDescriptors = false });
        Enumerable.Range(0, 4).Select(_ => Create(client, dialect)).Should().Equal(0, 0, 0, LibC.ENOMEM);
        Enumerable.Range(0, 2).Select(_ => Create(other, dialect)).Should().Equal(0, LibC.ENOMEM);
        client.File.Dispose();
        Create(other, dialect).Should().Be(0);
    }

    /// <summary>A length is refused before memory is taken for it; lent memory needs none.</summary>
    [Fact]
    public void Bytes_are_limited_for_each_and_for_all()
    {
        DevCryptoEmulatorOptions options = s_options with { Limits = new EmulatorLimits { BytesPerFile = 1 << 20 } };
        using EmulatedClient client = new(options);
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map((1 << 20) + 16);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 1 << 20,
            src = data,
            dst = data,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(LibC.ENOMEM);
        op.len = (1 << 20) - 64;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        op.len = 0x7FFF_FFF0;

        // This thread's: it runs the ioctl, while other tests allocate beside it.
        long before = GC.GetAllocatedBytesForCurrentThread();
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(LibC.ENOMEM);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 16);
        client.Device.Statistics.BytesInFlight.Should().Be(0);

        using EmulatedClient lending = new(options, process: new ForeignProcess { Lends = true });
        session = LinuxEmulatorTests.Open(lending, Linux.CRYPTO_AES_CBC, s_key);
        data = lending.Process.Map(1 << 21);
        op = new()
        {
            ses = session,
            len = 1 << 21,
            src = data,
            dst = data,
        };
        lending.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
    }

    /// <summary>Some megabytes: the emulator has no length of its own, the limit apart.</summary>
    [Fact]
    public void A_long_message_is_one_operation()
    {
        using EmulatedClient client = new(s_options);
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CTR, s_key);
        byte[] message = new byte[5_000_001];
        new Random(1).NextBytes(message);
        nint data = client.Process.Map([.. message]);
        nint iv = client.Process.Map(16);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = (uint)message.Length,
            src = data,
            dst = data,
            iv = iv,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(data, message.Length).Should().NotEqual(message);
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(data, message.Length).Should().Equal(message);
    }

    [Fact]
    public void Each_ioctl_is_traced_and_counted()
    {
        List<IoctlTrace> seen = [];
        using EmulatedClient client = new(s_options with { Trace = seen.Add });
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map(64);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 64,
            src = data,
            dst = data,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);
        op.len = 63;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);
        client.Raw(0x1234, []);

        seen.Select(one => (one.Name, one.ErrnoName, one.ByteCount, one.Driver))
            .Should()
            .Equal(
                ("CIOCGSESSION", "", 0, "software"),
                ("CIOCCRYPT", "", 64, "software"),
                ("CIOCCRYPT", "EINVAL", 0, null),
                (null, "EINVAL", 0, null)
            );
        seen.Should().OnlyContain(one => one.FileId == client.File.Id && one.Elapsed >= TimeSpan.Zero);
        EmulatorStatistics statistics = client.Device.Statistics;
        statistics
            .Ioctls.Should()
            .BeEquivalentTo(
                new Dictionary<string, long>
                {
                    ["CIOCGSESSION"] = 1,
                    ["CIOCCRYPT"] = 2,
                    ["unknown"] = 1,
                }
            );
        (statistics.Errors, statistics.Bytes, statistics.Sessions, statistics.Opens).Should().Be((2, 64, 1, 1));
        statistics.Drivers.Should().BeEquivalentTo(new Dictionary<string, long> { ["software"] = 1 });
    }

    [Fact]
    public void A_device_that_ended_opens_nothing_and_finishes_what_is_open()
    {
        using EmulatedClient client = new(s_options);
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CBC, s_key);
        client.Device.Dispose();
        client.Device.Open(out _).Should().Be(LibC.ENXIO);
        nint data = client.Process.Map(16);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 16,
            src = data,
            dst = data,
        };
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        Create(client, "linux").Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void Options_that_mean_nothing_are_refused()
    {
        FluentActions
            .Invoking(() => new DevCryptoEmulator(s_options with { Form = "freebsd 14" }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*'cryptodev-linux'*");
        FluentActions.Invoking(() => new DevCryptoEmulator(s_options with { AllowSoft = 1 })).Should().Throw<ArgumentException>();
        FluentActions
            .Invoking(() => new DevCryptoEmulator(s_options with { Dialect = DialectInfo.FreeBsd, Form = "freebsd 11" }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*'freebsd 12'*");
        using DevCryptoEmulator newest = new(s_options with { Dialect = DialectInfo.FreeBsd });
        newest.Form.Should().Be("freebsd 14");
    }

    /// <summary>Every errno that the device gives is in the dialect's list, and what drivers say beyond it is translated.</summary>
    [Fact]
    public void What_a_driver_says_is_translated()
    {
        foreach (DialectInfo dialect in DialectInfo.All)
        {
            ErrnoTable table = ErrnoTable.For(dialect);
            table.FromDriver(0).Should().Be(0);
            table.FromDriver(LibC.EDOM).Should().Be(LibC.EINVAL);
            table.FromDriver(LibC.EKEYREJECTED).Should().Be(LibC.EIO);
            table.FromDriver(LibC.ENOMEM).Should().Be(LibC.ENOMEM);
            table
                .FromDriver(LibC.EBADMSG)
                .Should()
                .Be(dialect == DialectInfo.CryptodevLinux || dialect == DialectInfo.FreeBsd ? LibC.EBADMSG : LibC.EINVAL);
        }
    }

    private static int Create(EmulatedClient client, string dialect)
    {
        nint key = client.Process.Map(s_key);
        switch (dialect)
        {
            case "linux":
                Linux.session_op linux = new()
                {
                    cipher = Linux.CRYPTO_AES_CBC,
                    key = key,
                    keylen = 16,
                };
                return client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref linux);
            case "netbsd":
                NetBsd.session_op net = new()
                {
                    cipher = NetBsd.CRYPTO_AES_CBC,
                    key = key,
                    keylen = 16,
                };
                return client.Ioctl(NetBsdTable.CIOCGSESSION, NetBsdTable.SessionOp, ref net);
            case "openbsd":
                OpenBsd.session_op open = new()
                {
                    cipher = OpenBsd.CRYPTO_AES_CBC,
                    key = key,
                    keylen = 16,
                };
                return client.Ioctl(OpenBsdTable.CIOCGSESSION, OpenBsdTable.SessionOp, ref open);
            default:
                FreeBsd.session2_op free = new()
                {
                    cipher = FreeBsd.CRYPTO_AES_CBC,
                    key = key,
                    keylen = 16,
                    crid = FreeBsd.CRYPTO_FLAG_SOFTWARE,
                };
                return client.Ioctl(FreeBsdTable.CIOCGSESSION2, FreeBsdTable.Session2Op, ref free);
        }
    }
}
