using System.IO.Compression;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>DEFLATE and gzip: no kernel has them behind AF_ALG, so these run on the host only.</summary>
[Trait("Where", "host")]
public sealed class CompressionTests
{
    [Theory]
    [MemberData(nameof(TargetData.Compressions), MemberType = typeof(TargetData))]
    public void Messages_of_every_length_come_back_and_the_platform_reads_them(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        foreach (int length in new[] { 0, 1, 2, 100, 257, 4096, 65535, 65536, 1 << 20 })
        {
            if (length > subject.Session.MaxMessageLength)
            {
                continue;
            }

            byte[] message = Shrinking(random, length);
            string what = $"{subject}, {length} bytes, seed {random.Seed}";
            byte[] packed = new byte[length + (length / 100) + 100];
            if (name == "deflate-nogrow" && length < 50)
            {
                Check.Throws<CryptoDevException>($"{what} cannot shrink", () => subject.Session.Process(CryptOp.Encrypt(message, packed)));
                continue;
            }

            int size = subject.Session.Process(CryptOp.Encrypt(message, packed));
            byte[] back = new byte[length];
            subject.Session.Process(CryptOp.Decrypt(packed.AsSpan(0, size), back)).Should().Be(length);
            Check.Same(message, back, what);
            using MemoryStream platform = new();
            using (
                Stream reader =
                    name == "gzip"
                        ? new GZipStream(new MemoryStream(packed, 0, size), CompressionMode.Decompress)
                        : new DeflateStream(new MemoryStream(packed, 0, size), CompressionMode.Decompress)
            )
            {
                reader.CopyTo(platform);
            }

            Check.Same(message, platform.ToArray(), $"{what}, read by the platform");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Compressions), MemberType = typeof(TargetData))]
    public void What_does_not_fit_or_is_not_whole_is_refused_and_leaves_nothing(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = Shrinking(random, 5000);
        byte[] packed = new byte[6000];
        int size = subject.Session.Process(CryptOp.Encrypt(message, packed));
        byte[] output = new byte[5000];
        Check.Refused(
            $"{subject}, no room to compress",
            () => subject.Session.Process(CryptOp.Encrypt(message, output.AsSpan(0, size - 1))),
            $"{size - 1}",
            $"{size}"
        );
        Check.Refused(
            $"{subject}, no room to expand",
            () => subject.Session.Process(CryptOp.Decrypt(packed.AsSpan(0, size), output.AsSpan(0, 4999))),
            "4999"
        );
        foreach (int cut in new[] { 0, 1, size / 2, size - 1 })
        {
            CryptoDevException refused = Check.Throws<CryptoDevException>(
                $"{subject}, {cut} of {size} bytes",
                () => subject.Session.Process(CryptOp.Decrypt(packed.AsSpan(0, cut), output))
            );
            refused.ErrnoName.Should().Be("EBADMSG");
            Check.Zero(output, $"{subject}, {cut} of {size} bytes: part of a message was left");
        }

        // 0xff starts a block of the reserved type, and no gzip header.
        Check.Throws<CryptoDevException>(
            $"{subject}, garbage",
            () => subject.Session.Process(CryptOp.Decrypt(Enumerable.Repeat((byte)0xFF, 50).ToArray(), output))
        );
        Check.Zero(output, $"{subject}, garbage");
        Check.Refused($"{subject}, overlap", () => subject.Session.Process(CryptOp.Encrypt(output, output)), "overlap");
        Check.Refused($"{subject}, IV", () => subject.Session.Process(CryptOp.Encrypt(message, output, new byte[1])), "1", "0");
        if (name == "gzip")
        {
            packed[size - 6] ^= 1;
            Check.Throws<CryptoDevException>(
                $"{subject}, wrong checksum",
                () => subject.Session.Process(CryptOp.Decrypt(packed.AsSpan(0, size), output))
            );
            Check.Zero(output, $"{subject}, wrong checksum");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Compressions), MemberType = typeof(TargetData))]
    public void Random_bytes_grow_or_are_refused(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(3000);
        byte[] packed = new byte[3100];
        if (name == "deflate-nogrow")
        {
            CryptoDevException refused = Check.Throws<CryptoDevException>(
                $"{subject}, seed {random.Seed}",
                () => subject.Session.Process(CryptOp.Encrypt(message, packed))
            );
            refused.Message.Should().Contain("3000").And.Contain("ENOSPC");
            Check.Zero(packed, $"{subject}: a refused message was written");
        }
        else
        {
            int size = subject.Session.Process(CryptOp.Encrypt(message, packed));
            size.Should().BeGreaterThan(3000);
            byte[] back = new byte[3000];
            subject.Session.Process(CryptOp.Decrypt(packed.AsSpan(0, size), back)).Should().Be(3000);
            Check.Same(message, back, $"{subject}, seed {random.Seed}");
        }
    }

    private static byte[] Shrinking(Seeded random, int length)
    {
        byte[] bytes = new byte[length];
        byte[] phrase = random.Bytes(17);
        for (int i = 0; i < length; i++)
        {
            bytes[i] = phrase[i % 17];
        }

        return bytes;
    }
}
