using System.IO.Compression;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>What NetBSD's compressors take and refuse.</summary>
public sealed class NetBsdCompressionTests : IDisposable
{
    private const int Frame = 18;

    private static readonly byte[] s_header = Convert.FromHexString("1F8B0800000000000003");

    private static readonly byte[] s_text =
    [
        .. Enumerable.Range(0, 900).SelectMany(line => System.Text.Encoding.ASCII.GetBytes($"line {line % 70} of {line}\n")),
    ];

    private readonly EmulatedClient _client = new(
        new DevCryptoEmulatorOptions { Dialect = DialectInfo.NetBsd, Policy = DriverPolicy.SoftwareOnly }.AllowingSoftware()
    );

    public void Dispose() => _client.Dispose();

    [Fact]
    public void The_checksum_is_the_one_of_gzip() => Crc32.Of("123456789"u8).Should().Be(0xCBF43926);

    /// <summary>Older kernels never ended their messages.</summary>
    [Fact]
    public void A_deflate_message_without_its_end_is_expanded_as_far_as_it_goes()
    {
        using MemoryStream stream = new();
        using DeflateStream packer = new(stream, CompressionLevel.Optimal, leaveOpen: true);
        packer.Write(s_text);
        packer.Flush();
        Expand(CRYPTO_DEFLATE_COMP, stream.ToArray(), s_text.Length, out byte[] whole).Should().Be(0);
        whole.Should().Equal(s_text);
        byte[] packed = Pack(CRYPTO_DEFLATE_COMP);
        int longest = 0;
        for (int length = 0; length < packed.Length; length += 7)
        {
            int error = Expand(CRYPTO_DEFLATE_COMP, packed[..length], s_text.Length, out byte[] part);
            error.Should().BeOneOf([0, LibC.EINVAL], "{0} bytes", length);
            (part.Length > 0).Should().Be(error == 0, "what gives nothing is refused");
            part.Length.Should().BeGreaterThanOrEqualTo(longest);
            part.Should().Equal(s_text[..part.Length]);
            longest = part.Length;
        }

        longest.Should().BeGreaterThan(s_text.Length * 3 / 4);
        Expand(CRYPTO_DEFLATE_COMP, [.. packed, 1, 2, 3], s_text.Length, out whole).Should().Be(0, "behind the end nothing is read");
        whole.Should().Equal(s_text);
        Expand(CRYPTO_DEFLATE_COMP, [.. packed[..50], 0xFF, 0xFF, 0xFF, 0xFF, .. packed[50..]], s_text.Length, out _)
            .Should()
            .Be(LibC.EINVAL, "broken is not cut");
    }

    [Fact]
    public void Gzip_has_one_header_and_its_tail()
    {
        byte[] packed = Pack(CRYPTO_GZIP_COMP);
        packed[..10].Should().Equal(s_header);
        BitConverter.ToUInt32(packed, packed.Length - 4).Should().Be((uint)s_text.Length);
        using MemoryStream back = new();
        using (GZipStream unpacker = new(new MemoryStream(packed), CompressionMode.Decompress))
        {
            unpacker.CopyTo(back);
        }

        back.ToArray().Should().Equal(s_text);
        Expand(CRYPTO_GZIP_COMP, packed, s_text.Length, out byte[] whole).Should().Be(0);
        whole.Should().Equal(s_text);
        Expand(CRYPTO_GZIP_COMP, packed, s_text.Length - 1, out _).Should().Be(LibC.ENOSPC, "it is whole, and longer than the room");
        Expand(CRYPTO_GZIP_COMP, packed, 1, out _).Should().Be(LibC.ENOSPC);
    }

    [Fact]
    public void Another_gzip_header_is_EINVAL()
    {
        byte[] packed = Pack(CRYPTO_GZIP_COMP);
        for (int i = 0; i < s_header.Length; i++)
        {
            byte[] other = [.. packed];
            other[i] ^= 1;
            Expand(CRYPTO_GZIP_COMP, other, s_text.Length, out _).Should().Be(LibC.EINVAL, "byte {0} of the header", i);
        }

        byte[] named = [.. packed[..3], 8, .. packed[4..10], (byte)'a', 0, .. packed[10..]];
        Expand(CRYPTO_GZIP_COMP, named, s_text.Length, out _).Should().Be(LibC.EINVAL, "a name in the header");
    }

    [Fact]
    public void Bytes_behind_a_gzip_message_are_EINVAL()
    {
        byte[] packed = Pack(CRYPTO_GZIP_COMP);
        foreach (byte[] behind in new byte[][] { [0], [1, 2, 3], new byte[8], [.. Enumerable.Repeat((byte)0xFF, 100)], packed })
        {
            foreach (int room in new[] { s_text.Length, 2 * s_text.Length, 10 })
            {
                Expand(CRYPTO_GZIP_COMP, [.. packed, .. behind], room, out _).Should().Be(LibC.EINVAL, "{0} bytes behind", behind.Length);
            }
        }
    }

    [Fact]
    public void A_cut_or_changed_gzip_message_is_EINVAL_whatever_the_room()
    {
        byte[] packed = Pack(CRYPTO_GZIP_COMP);
        for (int length = 0; length < packed.Length; length++)
        {
            Expand(CRYPTO_GZIP_COMP, packed[..length], s_text.Length, out _).Should().Be(LibC.EINVAL, "{0} bytes", length);
            Expand(CRYPTO_GZIP_COMP, packed[..length], 10, out _).Should().Be(LibC.EINVAL, "{0} bytes with little room", length);
        }

        foreach (int place in new[] { packed.Length - 8, packed.Length - 4, packed.Length - 1 })
        {
            byte[] changed = [.. packed];
            changed[place] ^= 1;
            Expand(CRYPTO_GZIP_COMP, changed, 2 * s_text.Length, out _).Should().Be(LibC.EINVAL, "byte {0} of {1}", place, packed.Length);
        }

        byte[] stuffed = [.. packed[..^8], 0, .. packed[^8..]];
        Expand(CRYPTO_GZIP_COMP, stuffed, s_text.Length, out _).Should().Be(LibC.EINVAL, "a byte before the checksum");
        _client.Device.Statistics.BytesInFlight.Should().Be(0);
    }

    /// <summary>The length at the end is the caller's word: no memory is taken for what the message cannot hold.</summary>
    [Fact]
    public void A_length_that_no_message_has_takes_no_memory()
    {
        byte[] small = [.. s_header, 0x4B, 0x4C, 0x4A, 0x06, 0x00, 0xC2, 0x41, 0x24, 0x35, 0xFF, 0xFF, 0xFF, 0x7F];
        Expand(CRYPTO_GZIP_COMP, small, 100, out _).Should().Be(LibC.EINVAL);
        byte[] right = [.. small[..^4], 3, 0, 0, 0];
        Expand(CRYPTO_GZIP_COMP, right, 100, out byte[] text).Should().Be(0);
        text.Should().Equal("abc"u8.ToArray());
        right.Length.Should().Be(Frame + 5);
    }

    private byte[] Pack(uint id)
    {
        nint room = _client.Process.Map(s_text.Length);
        crypt_op op = new()
        {
            ses = Open(id),
            op = COP_COMP,
            len = (uint)s_text.Length,
            src = _client.Process.Map(s_text),
            dst = room,
        };
        _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        return _client.Process.Read(room, (int)op.dst_len);
    }

    private int Expand(uint id, byte[] packed, int length, out byte[] text)
    {
        nint room = _client.Process.Map(length);
        uint session = Open(id);
        crypt_op op = new()
        {
            ses = session,
            op = COP_DECOMP,
            len = (uint)packed.Length,
            src = _client.Process.Map(packed),
            dst = room,
            dst_len = (uint)length,
        };
        int error = _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);
        text = error == 0 ? _client.Process.Read(room, (int)op.dst_len) : [];
        _client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        return error;
    }

    private uint Open(uint id)
    {
        session_op create = new() { comp_alg = id };
        _client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(0);
        return create.ses;
    }
}
