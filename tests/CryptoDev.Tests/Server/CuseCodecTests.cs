using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Requests as bytes, against the layout that linux/fuse.h gives them.</summary>
public sealed class CuseCodecTests
{
    // An ioctl of thread 77 on file 5: head (40 bytes), ioctl (32 bytes), 4 bytes of input.
    private static readonly byte[] s_ioctl = Convert.FromHexString(
        "4C000000"
            + "27000000"
            + "0A00000000000000"
            + "0000000000000000"
            + "E8030000"
            + "64000000"
            + "4D000000"
            + "00000000"
            + "0500000000000000"
            + "08000000"
            + "68633CC0"
            + "0010000000000000"
            + "04000000"
            + "00020000"
            + "DEADBEEF"
    );

    [Fact]
    public void An_ioctl_is_read_field_by_field()
    {
        CuseCodec.TryRead(s_ioctl, out fuse_in_header header, out ReadOnlySpan<byte> body).Should().BeTrue();
        header
            .Should()
            .BeEquivalentTo(
                new fuse_in_header
                {
                    len = 76,
                    opcode = 39,
                    unique = 10,
                    uid = 1000,
                    gid = 100,
                    pid = 77,
                }
            );
        CuseCodec.TryReadIoctl(body, out fuse_ioctl_in ioctl, out ReadOnlySpan<byte> input).Should().BeTrue();
        ioctl
            .Should()
            .BeEquivalentTo(
                new fuse_ioctl_in
                {
                    fh = 5,
                    flags = 8,
                    cmd = 0xC03C6368,
                    arg = 0x1000,
                    in_size = 4,
                    out_size = 512,
                }
            );
        Convert.ToHexString(input).Should().Be("DEADBEEF");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(75)]
    public void A_request_cut_short_is_refused(int length) => CuseCodec.TryRead(s_ioctl.AsSpan(0, length), out _, out _).Should().BeFalse();

    [Theory]
    [InlineData(3u)]
    [InlineData(5u)]
    [InlineData(0xFFFFFFFFu)]
    public void An_ioctl_whose_input_has_another_length_is_refused(uint inputLength)
    {
        byte[] body = s_ioctl[Unsafe.SizeOf<fuse_in_header>()..];
        MemoryMarshal.Write(body.AsSpan(24), in inputLength);
        CuseCodec.TryReadIoctl(body, out _, out _).Should().BeFalse();
    }

    [Fact]
    public void A_retry_names_input_before_output()
    {
        byte[] answer = new byte[256];
        int length = CuseCodec.WriteRetry(
            answer,
            [new fuse_ioctl_iovec { @base = 0x1000, len = 16 }, new fuse_ioctl_iovec { @base = 0x2000, len = 32 }],
            [new fuse_ioctl_iovec { @base = 0x3000, len = 64 }]
        );
        Convert
            .ToHexString(answer.AsSpan(0, length))
            .Should()
            .Be(
                "00000000"
                    + "04000000"
                    + "02000000"
                    + "01000000"
                    + "00100000000000001000000000000000"
                    + "00200000000000002000000000000000"
                    + "00300000000000004000000000000000"
            );
    }

    [Fact]
    public void The_name_ends_with_nul() => CuseCodec.DeviceInfo("crypto").Should().Equal("DEVNAME=crypto\0"u8.ToArray());
}
