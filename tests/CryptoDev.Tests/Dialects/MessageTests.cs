using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>IVs as callers give them and as the framework wants them; calls that become structs and calls again.</summary>
public sealed class MessageTests
{
    [Fact]
    public void The_IV_form_of_CCM_on_Linux_tells_the_nonces_length()
    {
        using DialectSession session = OperationPlanTests.Open(
            CryptodevLinuxCodec.Instance,
            new() { Cipher = CryptodevLinux.CRYPTO_AES_CCM, KeyLength = 16 }
        );
        AlgorithmNumber row = session.Cipher!;
        foreach (int length in new[] { 7, 12, 13 })
        {
            byte[] nonce = [.. Enumerable.Range(100, length).Select(i => (byte)i)];
            byte[] block = new byte[16];
            byte[] iv = new byte[16];
            row.EncodeIv(nonce, block).Should().Be(16);
            block[0].Should().Be((byte)(14 - length));
            session.FormatIv(block, iv).Should().Be(length);
            iv[..length].Should().Equal(nonce);
        }

        session.FormatIv(new byte[16], new byte[16]).Should().Be(-1, "L = 1 is not CCM");
        byte[] wrong = new byte[16];
        wrong[0] = 255;
        session.FormatIv(wrong, new byte[16]).Should().Be(-1);
    }

    [Fact]
    public void The_unit_number_of_XTS_is_eight_bytes_on_the_BSDs()
    {
        byte[] iv = [.. Enumerable.Repeat((byte)0xEE, 16)];
        using DialectSession session = OperationPlanTests.Open(
            FreeBsdCodec.Release14,
            new() { Cipher = FreeBsd.CRYPTO_AES_XTS, KeyLength = 64 }
        );

        session.FormatIv([1, 2, 3, 4, 5, 6, 7, 8], iv).Should().Be(16);

        iv.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [Fact]
    public void Salt_and_IV_make_the_nonce_of_GCM_on_NetBSD()
    {
        byte[] key = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        byte[] iv = new byte[16];
        NetBsdCodec
            .Release10.Resolve(
                new()
                {
                    Cipher = NetBsd.CRYPTO_AES_GCM_16,
                    KeyLength = 20,
                    Mac = NetBsd.CRYPTO_AES_128_GMAC,
                    MacKeyLength = 20,
                },
                out SessionRecipe? recipe
            )
            .Should()
            .Be(0);
        using DialectSession session = DialectSession.Create(recipe!, key, key)!;

        session.FormatIv([21, 22, 23, 24, 25, 26, 27, 28], iv).Should().Be(12);

        iv[..12].Should().Equal(17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
        session.Parameters().Transforms[0].Key!.Length.Should().Be(16);
        session.Parameters().Transforms[0].IvLength.Should().Be(12);
    }

    /// <summary>What a driver says upwards comes back as the same call from the caller's bytes.</summary>
    [Fact]
    public void A_flat_operation_becomes_a_struct_and_the_same_call_again()
    {
        CryptOp op = CryptOp.Open(new byte[16], new byte[48], new byte[16], new byte[48], new byte[7]);
        CryptCall call = CryptCall.FromOp(9, op, new PinnedSpans(0x10, 0x20, 0x30, 0x40, 0x50));

        CryptodevLinuxCodec.Instance.Decode(CryptodevLinuxCodec.Instance.EncodeAuth(call)).Should().Be(call);
        FreeBsdCodec.Release14.Decode(FreeBsdCodec.Release14.EncodeAead(call)).Should().Be(call with { TagLength = 0 });
        CryptCall plain = call with { AssociatedData = 0, AssociatedDataLength = 0, TagLength = 0, IvLength = 0 };
        CryptodevLinuxCodec.Instance.Decode(CryptodevLinuxCodec.Instance.Encode(call)).Should().Be(plain);
        FreeBsdCodec.Release12.Decode(FreeBsdCodec.Release12.Encode(call)).Should().Be(plain);
        OpenBsdCodec.Year2014.Decode(OpenBsdCodec.Year2014.Encode(call)).Should().Be(plain);
        NetBsdCodec.Release10.Decode(NetBsdCodec.Release10.Encode(call)).Should().Be(plain);
        NetBsdCodec.Release10.Decode(NetBsdCodec.Release10.EncodeOld(call)).Should().Be(plain);
        CryptCall element = plain with { Cookie = 0x99, RequestId = 77, Status = 5, DestinationLength = 100 };
        NetBsdCodec.Release10.Decode(NetBsdCodec.Release10.EncodeElement(element)).Should().Be(element);
    }

    [Fact]
    public void A_session_call_becomes_a_struct_and_the_same_call_again()
    {
        SessionCall call = new()
        {
            Cipher = 11,
            KeyLength = 32,
            Key = 0x10,
            Mac = 7,
            MacKeyLength = 20,
            MacKey = 0x20,
            Session = 0xFFFF_FFFE,
        };

        CryptodevLinuxCodec.Decode(CryptodevLinuxCodec.Encode(call)).Should().Be(call);
        OpenBsdCodec.Decode(OpenBsdCodec.Encode(call)).Should().Be(call);
        FreeBsdCodec.Decode(FreeBsdCodec.Encode(call)).Should().Be(call with { Driver = new DriverChoice(true, false, 0) });
        SessionCall chosen = call with { Driver = new DriverChoice(false, false, 3), IvLength = 12, TagLength = 8 };
        FreeBsdCodec.Decode(FreeBsdCodec.Encode2(chosen)).Should().Be(chosen);
        SessionCall compressing = call with { Compression = NetBsd.CRYPTO_GZIP_COMP };
        NetBsdCodec.Decode(NetBsdCodec.Encode(compressing)).Should().Be(compressing);
        NetBsdCodec.EncodeElement(compressing, 22).status.Should().Be(22);
        NetBsdCodec.Decode(NetBsdCodec.EncodeElement(compressing, 22)).Should().Be(compressing);
        NetBsdCodec.Decode(NetBsdCodec.EncodeOld(call)).Should().Be(call);
    }

    [Fact]
    public void Names_are_cut_so_that_a_zero_byte_ends_them()
    {
        FreeBsdCodec.DecodeName(FreeBsdCodec.EncodeFind(-1, "cryptosoft0")).Should().Be("cryptosoft0");
        FreeBsdCodec.DecodeName(FreeBsdCodec.EncodeFind(-1, new string('x', 40))).Should().Be(new string('x', 31));
        CryptodevLinuxCodec.DecodeName(CryptodevLinuxCodec.EncodeName("cbc(aes)")).Should().Be("cbc(aes)");
        CryptodevLinuxCodec.DecodeName(CryptodevLinuxCodec.EncodeName(new string('x', 70))).Should().Be(new string('x', 63));
        FreeBsd.crypt_find_op unended = default;
        ((Span<byte>)unended.name).Fill((byte)'y');
        FreeBsdCodec.DecodeName(unended).Should().HaveLength(31);
    }
}
