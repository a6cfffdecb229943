using System.IO.Compression;
using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// NetBSD's compressors as a driver: its kernel expands a deflate message that was cut, and takes one header of gzip. A caller of the
/// library is told of the first and knows nothing of the second.
/// </summary>
public sealed class DevCryptoCompressionTests : IDisposable
{
    private static readonly byte[] s_text =
    [
        .. Enumerable.Range(0, 200).SelectMany(line => System.Text.Encoding.ASCII.GetBytes($"line {line % 70} of {line}\n")),
    ];

    private readonly DeviceUnderWatch _watch = new("netbsd 10");

    public void Dispose() => _watch.Dispose();

    /// <summary>Messages of stored blocks, of fixed codes and of codes of their own are cut at every byte.</summary>
    [Theory]
    [InlineData("stored")]
    [InlineData("fixed")]
    [InlineData("dynamic")]
    [InlineData("of literals")]
    [InlineData("flushed")]
    public void A_deflate_message_that_was_cut_is_refused_wherever(string kind)
    {
        using Session session = _watch.Open(SessionParameters.Compression(CryptoAlgorithm.Deflate));
        byte[] text = kind switch
        {
            "fixed" => "aaaaaaaaaa"u8.ToArray(),
            "of literals" => [.. Enumerable.Range(0, 600).Select(i => (byte)"abcdefghij"[(i * i * 7 + (i / 3)) % 10])],
            _ => s_text,
        };
        byte[] packed = Deflate(text, kind == "stored" ? CompressionLevel.NoCompression : CompressionLevel.SmallestSize, kind == "flushed");
        byte[] room = new byte[text.Length + 1000];
        int size = session.Process(CryptOp.Decrypt(packed, room));
        room[..size].Should().Equal(text);
        for (int length = 0; length < packed.Length; length++)
        {
            Array.Fill(room, (byte)0xEE);
            FluentActions
                .Invoking(() => session.Process(CryptOp.Decrypt(packed.AsSpan(0, length), room)))
                .Should()
                .Throw<CryptoDevException>($"{length} of {packed.Length} bytes")
                .Which.Errno.Should()
                .Be(LibC.EBADMSG);
            room.Should().OnlyContain(value => value == 0, "nothing of it is left");
        }
    }

    [Fact]
    public void A_gzip_message_of_another_system_is_expanded()
    {
        using Session session = _watch.Open(SessionParameters.Compression(CryptoAlgorithm.Gzip));
        byte[] packed = new byte[s_text.Length];
        packed = packed[..session.Process(CryptOp.Encrypt(s_text, packed))];
        byte[] fixedPart = [.. packed[..3]];
        byte[] rest = [.. packed[10..]];
        byte[][] headers =
        [
            [.. fixedPart, 0, 1, 2, 3, 4, 2, 255],
            [.. fixedPart, 8, 0, 0, 0, 0, 0, 3, .. "name"u8, 0],
            [.. fixedPart, 16, 0, 0, 0, 0, 0, 3, .. "comment"u8, 0],
            [.. fixedPart, 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, .. "name"u8, 0, .. "comment"u8, 0],
            Checked([.. fixedPart, 2 + 8, 0, 0, 0, 0, 0, 3, .. "name"u8, 0]),
        ];
        byte[] room = new byte[s_text.Length];
        foreach (byte[] header in headers)
        {
            session.Process(CryptOp.Decrypt([.. header, .. rest], room)).Should().Be(s_text.Length);
            room.Should().Equal(s_text);
        }

        byte[] nothing = new byte[100];
        nothing = nothing[..session.Process(CryptOp.Encrypt(default, nothing))];
        session.Process(CryptOp.Decrypt(nothing, room)).Should().Be(0);
        session.Process(CryptOp.Decrypt([.. headers[1], .. nothing[10..]], room)).Should().Be(0, "nothing, with a name");
        byte[] wrong = [.. headers[4]];
        wrong[^1] ^= 1;
        foreach (
            byte[] bad in new byte[][]
            {
                [.. wrong, .. rest],
                [.. headers[0][..3], 0x20, .. headers[0][4..], .. rest],
                [.. headers[1][..^1]],
                [.. headers[3][..11]],
                [.. fixedPart, 2, 0, 0, 0, 0, 0, 3, 1],
                [.. packed, 0],
                [.. packed, .. packed],
                packed[..^1],
            }
        )
        {
            FluentActions
                .Invoking(() => session.Process(CryptOp.Decrypt(bad, room)))
                .Should()
                .Throw<CryptoDevException>()
                .Which.Errno.Should()
                .Be(LibC.EBADMSG);
        }
    }

    private static byte[] Checked(byte[] header) => [.. header, .. BitConverter.GetBytes((ushort)Crc32.Of(header))];

    private static byte[] Deflate(byte[] text, CompressionLevel level, bool flushes)
    {
        using MemoryStream stream = new();
        using (DeflateStream packer = new(stream, level, leaveOpen: true))
        {
            foreach (byte[] piece in flushes ? text.Chunk(500) : [text])
            {
                packer.Write(piece);
                if (flushes)
                {
                    packer.Flush();
                }
            }
        }

        return stream.ToArray();
    }
}
