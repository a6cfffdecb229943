using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>Request codes computed by the library against the codes worked out by hand from the kernels' headers.</summary>
public sealed class RequestCodeTests
{
    /// <summary>Dialect, ioctl, code for LP64, code for ILP32.</summary>
    private static readonly (string Dialect, string Name, uint Lp64, uint Ilp32)[] s_codes =
    [
        ("openbsd", "CRIOGET", 0xC0046364, 0xC0046364),
        ("openbsd", "CIOCGSESSION", 0xC0306365, 0xC01C6365),
        ("openbsd", "CIOCFSESSION", 0x80046366, 0x80046366),
        ("openbsd", "CIOCCRYPT", 0xC0306367, 0xC01C6367),
        ("openbsd", "CIOCKEY", 0xC0906368, 0xC0506368),
        ("openbsd", "CIOCASYMFEAT", 0x40046369, 0x40046369),
        ("freebsd", "CRIOGET", 0xC0046364, 0xC0046364),
        ("freebsd", "CIOCGSESSION", 0xC0306365, 0xC01C6365),
        ("freebsd", "CIOCFSESSION", 0x80046366, 0x80046366),
        ("freebsd", "CIOCCRYPT", 0xC0306367, 0xC01C6367),
        ("freebsd", "CIOCKEY", 0xC0906368, 0xC0506368),
        ("freebsd", "CIOCASYMFEAT", 0x40046369, 0x40046369),
        ("freebsd", "CIOCGSESSION2", 0xC040636A, 0xC030636A),
        ("freebsd", "CIOCKEY2", 0xC090636B, 0xC050636B),
        ("freebsd", "CIOCFINDDEV", 0xC024636C, 0xC024636C),
        ("freebsd", "CIOCCRYPTAEAD", 0xC040636D, 0xC028636D),
        ("netbsd", "CRIOGET", 0xC0046364, 0xC0046364),
        ("netbsd", "CIOCFSESSION", 0x80046366, 0x80046366),
        ("netbsd", "CIOCKEY", 0xC0906368, 0xC0506368),
        ("netbsd", "CIOCASYMFEAT", 0x40046369, 0x40046369),
        ("netbsd", "CIOCNFKEYM", 0xC010636C, 0xC008636C),
        ("netbsd", "CIOCNFSESSION", 0x8010636D, 0x8008636D),
        ("netbsd", "CIOCNCRYPTRETM", 0xC010636E, 0xC008636E),
        ("netbsd", "CIOCNCRYPTRET", 0xC010636F, 0xC00C636F),
        ("netbsd", "CIOCGSESSION", 0xC0306370, 0xC0206370),
        ("netbsd", "CIOCNGSESSION", 0xC0106371, 0xC0086371),
        ("netbsd", "CIOCCRYPT", 0xC0386372, 0xC0206372),
        ("netbsd", "CIOCNCRYPTM", 0xC0106373, 0xC0086373),
        ("netbsd", "OCIOCGSESSION", 0xC0306365, 0xC01C6365),
        ("netbsd", "OCIOCCRYPT", 0xC0306367, 0xC01C6367),
        ("netbsd", "OCIOCNGSESSION", 0xC010636A, 0xC008636A),
        ("netbsd", "OCIOCNCRYPTM", 0xC010636B, 0xC008636B),
        ("linux", "CRIOGET", 0xC0046365, 0xC0046365),
        ("linux", "CIOCGSESSION", 0xC0306366, 0xC01C6366),
        ("linux", "CIOCFSESSION", 0x40046367, 0x40046367),
        ("linux", "CIOCCRYPT", 0xC0306368, 0xC01C6368),
        ("linux", "CIOCKEY", 0xC0906369, 0xC0506369),
        ("linux", "CIOCASYMFEAT", 0x8004636A, 0x8004636A),
        ("linux", "CIOCGSESSINFO", 0xC10C636B, 0xC10C636B),
        ("linux", "CIOCAUTHCRYPT", 0xC048636D, 0xC02C636D),
        ("linux", "CIOCASYNCCRYPT", 0x4030636E, 0x401C636E),
        ("linux", "CIOCASYNCFETCH", 0x8030636F, 0x801C636F),
        ("linux", "CIOCCPHASH", 0x40086370, 0x40086370),
    ];

    [Fact]
    public void Every_code_is_the_kernels()
    {
        List<(string, string, uint, uint)> computed =
        [
            .. DialectInfo.All.SelectMany(dialect =>
                dialect.Ioctls.Select(ioctl => (dialect.Name, ioctl.Name, ioctl.Code(WordSize.LP64), ioctl.Code(WordSize.ILP32)))
            ),
        ];

        computed.Should().BeEquivalentTo(s_codes);
    }

    [Fact]
    public void A_code_finds_its_ioctl_again()
    {
        foreach (DialectInfo dialect in DialectInfo.All)
        {
            foreach (IoctlInfo ioctl in dialect.Ioctls)
            {
                dialect.FindIoctl(ioctl.Code(WordSize.LP64), WordSize.LP64).Should().BeSameAs(ioctl);
                dialect.FindIoctl(ioctl.Code(WordSize.ILP32), WordSize.ILP32).Should().BeSameAs(ioctl);
            }

            dialect.FindIoctl(0, WordSize.LP64).Should().BeNull();
        }
    }

    [Fact]
    public void The_names_of_the_C_face_are_the_codes_of_this_process()
    {
        CryptodevLinux.CIOCGSESSION.Should().Be(0xC0306366);
        CryptodevLinux.CIOCFSESSION.Should().Be(0x40046367);
        NetBsd.CIOCCRYPT.Should().Be(0xC0386372);
        FreeBsd.CIOCCRYPTAEAD.Should().Be(0xC040636D);
        OpenBsd.CIOCASYMFEAT.Should().Be(0x40046369);
        foreach (DialectInfo dialect in DialectInfo.All)
        {
            Type header = typeof(DialectInfo).Assembly.GetType(
                "CryptoDev.Ioctl."
                    + (dialect.Name == "linux" ? "CryptodevLinux" : dialect.Title.Replace("BSD", "Bsd", StringComparison.Ordinal))
            )!;
            header
                .GetProperties()
                .ToDictionary(property => property.Name, property => (uint)property.GetValue(null)!)
                .Should()
                .BeEquivalentTo(dialect.Ioctls.ToDictionary(ioctl => ioctl.Name, ioctl => ioctl.Code(WordSize.LP64)));
        }
    }

    [Fact]
    public void The_rows_cover_every_ioctl_and_every_struct()
    {
        foreach (DialectInfo dialect in DialectInfo.All)
        {
            List<AbiRow> rows = [.. dialect.Rows(WordSize.ILP32)];
            rows.Select(row => row.Ioctl)
                .Where(name => name.Length > 0)
                .Distinct()
                .Should()
                .Equal(dialect.Ioctls.Select(ioctl => ioctl.Name));
            rows.Select(row => row.Struct).Distinct().Should().BeEquivalentTo(dialect.Structs.Select(layout => layout.Name).Append("u32"));
        }

        DialectInfo
            .NetBsd.Rows(WordSize.ILP32)
            .Should()
            .Contain(new AbiRow("CIOCCRYPT", 0xC0206372, "crypt_op", 32, "dst_len", "u32", 28, 4));
        DialectInfo.NetBsd.Rows(WordSize.LP64).Should().Contain(new AbiRow("", 0, "crypt_n_kop", 152, "crk_param", "crparam[8]", 16, 128));
    }

    [Fact]
    public void A_dialect_is_found_by_its_name_only()
    {
        DialectInfo.Parse("NetBSD").Should().BeSameAs(DialectInfo.NetBsd);
        FluentActions
            .Invoking(() => DialectInfo.Parse("plan9"))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("'plan9' is not a dialect; there are linux, netbsd, freebsd, openbsd.*");
    }
}
