using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Tests.Drivers.DevCrypto;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Ioctl;

/// <summary>The raw face on an emulated device of this process.</summary>
public sealed unsafe class DevCryptoFileTests
{
    private static readonly DevCryptoFileOptions s_software = new() { Policy = DriverPolicy.SoftwareOnly };

    public static TheoryData<string> Dialects => [.. DialectInfo.All.Select(dialect => dialect.Name)];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Where_there_is_no_device_an_emulated_one_answers(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        using DevCryptoFile file = DevCryptoFile.Open(dialect, new DevCryptoFileOptions { Path = "/nonexistent/crypto" });
        file.IsEmulated.Should().BeTrue();
        file.Origin.Should().StartWith("emulated ").And.EndWith("over Ladder");
        file.Dialect.Should().BeSameAs(dialect);
        uint mask = 0;
        file.IoctlRaw(dialect.Ioctls.Single(ioctl => ioctl.Name == "CIOCASYMFEAT").Code(), (nint)(&mask))
            .Should()
            .Be(name is "freebsd" or "openbsd" ? -LibC.EINVAL : 0, "FreeBSD 14 has none, and OpenBSD wants CRIOGET first");
    }

    [Fact]
    public void A_policy_that_wants_the_device_says_why_there_is_none()
    {
        DevCryptoFileOptions device = new() { Path = "/nonexistent/crypto", Policy = DriverPolicy.Pinned("devcrypto") };
        FluentActions
            .Invoking(() => DevCryptoFile.Open(DialectInfo.NetBsd, device))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*/nonexistent/crypto*ENOENT*serve*");
        using DevCryptoFile file = DevCryptoFile.Open(
            DialectInfo.NetBsd,
            device with
            {
                Policy = DriverPolicy.Pinned("devcrypto", "software"),
            }
        );
        file.Origin.Should().Be("emulated netbsd 10 over Pinned(software)");
    }

    [Theory]
    [InlineData("netbsd 7")]
    [InlineData("freebsd 12")]
    [InlineData("openbsd 2002")]
    public void The_release_can_be_chosen(string form)
    {
        using DevCryptoFile file = DevCryptoFile.Open(DialectInfo.Parse(form.Split(' ')[0]), s_software with { Form = form });
        file.Origin.Should().Contain(form);
        FluentActions
            .Invoking(() => DevCryptoFile.Open(DialectInfo.CryptodevLinux, s_software with { Form = form }))
            .Should()
            .Throw<ArgumentException>();
    }

    [Fact]
    public void A_bad_address_is_an_answer()
    {
        using CryptodevLinuxFile file = CryptodevLinuxFile.Open(s_software);
        CryptodevLinux.session_op sess = new()
        {
            cipher = CryptodevLinux.CRYPTO_AES_CBC,
            keylen = 16,
            key = 0x10,
        };
        file.Ioctl(CryptodevLinux.CIOCGSESSION, ref sess).Should().Be(-LibC.EFAULT);
        byte* key = stackalloc byte[16];
        sess.key = (nint)key;
        file.Ioctl(CryptodevLinux.CIOCGSESSION, ref sess).Should().Be(0);
        CryptodevLinux.crypt_op op = new()
        {
            ses = sess.ses,
            len = 16,
            src = unchecked((nint)0xFFFF_8000_0000_0000),
            dst = (nint)key,
            iv = (nint)key,
        };
        file.Ioctl(CryptodevLinux.CIOCCRYPT, ref op).Should().Be(-LibC.EFAULT);
        file.IoctlRaw(CryptodevLinux.CIOCCRYPT, 0x10).Should().Be(-LibC.EFAULT);
    }

    [Fact]
    public void A_request_that_no_table_has_can_be_made_raw()
    {
        using CryptodevLinuxFile file = CryptodevLinuxFile.Open(s_software);
        uint unknown = (CryptodevLinux.CIOCFSESSION & ~0xFFu) | 200;
        uint raw = 0;
        file.IoctlRaw(unknown, (nint)(&raw)).Should().Be(-LibC.EINVAL, "there is no such ioctl");
        uint word = 0;
        FluentActions
            .Invoking(() => file.Ioctl(unknown, ref word))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*0x400463C8*IoctlRaw*");
        CryptodevLinux.session_op sess = new() { mac = CryptodevLinux.CRYPTO_SHA1 };
        file.IoctlRaw(CryptodevLinux.CIOCGSESSION, (nint)(&sess)).Should().Be(0);
        file.Ioctl(CryptodevLinux.CIOCFSESSION, ref sess.ses).Should().Be(0);
    }

    [Fact]
    public void On_linux_crioget_is_a_duplicate_with_the_same_sessions()
    {
        using CryptodevLinuxFile file = CryptodevLinuxFile.Open(s_software);
        CryptodevLinux.session_op sess = new() { mac = CryptodevLinux.CRYPTO_SHA1 };
        file.Ioctl(CryptodevLinux.CIOCGSESSION, ref sess).Should().Be(0);
        file.CrioGet(out CryptodevLinuxFile? duplicate).Should().Be(0);
        byte* digest = stackalloc byte[20];
        CryptodevLinux.crypt_op op = new() { ses = sess.ses, mac = (nint)digest };
        duplicate!.Ioctl(CryptodevLinux.CIOCCRYPT, ref op).Should().Be(0);
        duplicate.Dispose();
        file.Ioctl(CryptodevLinux.CIOCCRYPT, ref op).Should().Be(0, "the other descriptor is still open");
    }

    /// <summary>cryptodev-linux succeeds where no descriptor is free, and leaves the negated errno where the descriptor would be.</summary>
    [Theory]
    [InlineData(-24, -24)]
    [InlineData(-1, -1)]
    [InlineData(123_456, -9)]
    public void A_descriptor_that_is_none_is_an_error(int result, int error)
    {
        using DevCryptoEmulator emulator = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        WatchedChannel channel = new(EmulatedChannel.Open(emulator, trusted: false, out _)!)
        {
            Afterwards = (request, argument) => BitConverter.TryWriteBytes(argument, request == CryptodevLinux.CRIOGET ? result : 0),
        };
        using CryptodevLinuxFile file = new(channel, "a test");
        file.CrioGet(out DevCryptoFile? duplicate).Should().Be(error);
        duplicate.Should().BeNull();
    }

    [Fact]
    public void On_netbsd_crioget_is_a_context_of_its_own_that_outlives_the_first()
    {
        NetBsdFile file = NetBsdFile.Open(s_software);
        NetBsd.session_op sess = new() { mac = NetBsd.CRYPTO_SHA1 };
        file.Ioctl(NetBsd.CIOCGSESSION, ref sess).Should().Be(0);
        file.CrioGet(out NetBsdFile? other).Should().Be(0);
        file.Dispose();
        using (other)
        {
            byte* digest = stackalloc byte[20];
            NetBsd.crypt_op op = new()
            {
                ses = sess.ses,
                op = NetBsd.COP_ENCRYPT,
                mac = (nint)digest,
            };
            other!.Ioctl(NetBsd.CIOCCRYPT, ref op).Should().Be(-LibC.EINVAL, "it has no sessions yet");
            other.Ioctl(NetBsd.CIOCGSESSION, ref sess).Should().Be(0);
            op.ses = sess.ses;
            other.Ioctl(NetBsd.CIOCCRYPT, ref op).Should().Be(0);
        }
    }

    [Fact]
    public void Poll_waits_for_results_only()
    {
        using NetBsdFile file = NetBsdFile.Open(s_software);
        file.Poll(LibC.POLLIN, 20).Should().Be(0);
    }

    [Fact]
    public void A_closed_file_takes_nothing()
    {
        NetBsdFile file = NetBsdFile.Open(s_software);
        file.Dispose();
        file.Dispose();
        FluentActions.Invoking(() => file.CrioGet(out _)).Should().Throw<ObjectDisposedException>();
    }
}
