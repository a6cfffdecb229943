using System.Text;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>
/// From a caller's bytes to the framework and back: the flat operation that a plan makes gives the right message on the software driver.
/// </summary>
public sealed class MessageTests : IDisposable
{
    private readonly CryptoDevice _device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _device.Dispose();

    /// <summary>RFC 3686 section 6, test vector 1, as NetBSD has it: nonce behind the key, eight bytes of IV, counter from 1.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AES_CTR_of_the_BSDs_is_RFC_3686(bool netBsd)
    {
        byte[] key = Convert.FromHexString("AE6852F8121067CC4BF7A5765577F39E00000030");
        byte[] iv = new byte[netBsd ? 8 : 16];
        DialectCodec codec = netBsd ? NetBsdCodec.Instance : OpenBsdCodec.Year2014;
        uint id = netBsd ? NetBsd.CRYPTO_AES_CTR : OpenBsd.CRYPTO_AES_CTR;

        byte[] result = Run(codec, new() { Cipher = id, KeyLength = 20 }, key, [], Encrypt(), "Single block msg"u8.ToArray(), iv);

        Convert.ToHexString(result).Should().Be("E4095D4FB7A7B3792D6175A3261311B8");
    }

    /// <summary>NIST SP 800-38A F.2.1, AES-128-CBC, first two blocks, with the IV in front of the message.</summary>
    [Theory]
    [InlineData("openbsd")]
    [InlineData("freebsd12")]
    public void An_IV_in_front_is_taken_and_given_back(string name)
    {
        DialectCodec codec = name == "openbsd" ? OpenBsdCodec.Year2014 : FreeBsdCodec.Release12;
        byte[] message = Convert.FromHexString(
            "000102030405060708090A0B0C0D0E0F" + "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51"
        );
        byte[] key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");

        byte[] result = Run(codec, new() { Cipher = 11, KeyLength = 16 }, key, [], Encrypt(), message, null);

        Convert
            .ToHexString(result)
            .Should()
            .Be("000102030405060708090A0B0C0D0E0F" + "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2");
    }

    /// <summary>RFC 8439 section 2.4.2: FreeBSD has the nonce of eight bytes in front of a counter of eight.</summary>
    [Fact]
    public void ChaCha20_of_FreeBSD_has_its_halves_the_other_way()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] text = Encoding.ASCII.GetBytes(
            "Ladies and Gentlemen of the class of '99: " + "If I could offer you only one tip for the future, sunscreen would be it."
        );

        // Counter 1, nonce 00000000 4A000000 00000000: the first nonce word is the counter's upper half here.
        byte[] iv = Convert.FromHexString("0000004A00000000" + "0100000000000000");

        byte[] result = Run(
            FreeBsdCodec.Release14,
            new() { Cipher = FreeBsd.CRYPTO_CHACHA20, KeyLength = 32 },
            key,
            [],
            Encrypt(),
            text,
            iv
        );

        Convert.ToHexString(result).Should().StartWith("6E2E359A2568F98041BA0728DD0D6981E97E7AEC1D4360C20A27AFCCFD9FAE0B");
    }

    /// <summary>
    /// RFC 4231 section 4.2 cut to half, as NetBSD's SHA2_HMAC gives it; the key is padded with zeros, which HMAC does too.
    /// </summary>
    [Fact]
    public void HMAC_SHA_256_of_NetBSD_is_cut_to_half()
    {
        byte[] key = new byte[32];
        key.AsSpan(0, 20).Fill(0x0B);

        byte[] tag = Mac(NetBsdCodec.Instance, new() { Mac = NetBsd.CRYPTO_SHA2_HMAC, MacKeyLength = 32 }, key, "Hi There"u8.ToArray());

        Convert.ToHexString(tag).Should().Be("B0344C61D8DB38535CA8AFCEAF0BF12B");
    }

    [Fact]
    public void NULL_HMAC_of_FreeBSD_is_sixteen_zero_bytes()
    {
        Mac(FreeBsdCodec.Release14, new() { Mac = FreeBsd.CRYPTO_NULL_HMAC }, [], "anything"u8.ToArray()).Should().Equal(new byte[16]);
    }

    /// <summary>
    /// The MAC descriptor of the older BSDs starts at byte 0, so it covers an IV in front; encrypt-then-MAC in 13 and later does not.
    /// </summary>
    [Theory]
    [InlineData("netbsd", true)]
    [InlineData("openbsd", true)]
    [InlineData("freebsd14", false)]
    public void An_IV_in_front_is_under_the_MAC_or_not(string name, bool covered)
    {
        DialectCodec codec = name switch
        {
            "netbsd" => NetBsdCodec.Instance,
            "openbsd" => OpenBsdCodec.Year2002,
            _ => FreeBsdCodec.Release14,
        };
        SessionCall asked = new()
        {
            Cipher = 11,
            KeyLength = 16,
            Mac = FreeBsd.CRYPTO_SHA1_HMAC,
            MacKeyLength = 20,
        };
        using DialectSession caller = OperationPlanTests.Open(codec, asked);
        CryptAction action = covered ? CryptAction.Decrypt : CryptAction.Encrypt;
        codec
            .Plan(
                new CryptCall
                {
                    Action = action,
                    Length = 48,
                    Source = 1,
                    Destination = 2,
                    Tag = 3,
                },
                caller,
                out CryptPlan plan
            )
            .Should()
            .Be(0);
        byte[] source = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        byte[] result = new byte[48];
        byte[] tag = new byte[plan.TagLength];
        using Session session = _device.CreateSession(caller.Parameters(plan.MacOrder));

        session.Process(plan.ToCryptOp(source, result, source.AsSpan(0, 16), default, tag.AsSpan()));

        byte[] macKey = [.. Enumerable.Range(1, 20).Select(i => (byte)(i * 3))];
        byte[] under = covered ? source : result[16..];
        tag.Should().Equal(System.Security.Cryptography.HMACSHA1.HashData(macKey, under)[..tag.Length]);
    }

    /// <summary>McGrew and Viega, The Galois/Counter Mode of Operation, test case 2.</summary>
    [Fact]
    public void A_tag_is_attached_on_Linux()
    {
        CryptodevLinuxCodec linux = CryptodevLinuxCodec.Instance;
        byte[] key = new byte[16];
        linux.Resolve(new() { Cipher = CryptodevLinux.CRYPTO_AES_GCM, KeyLength = 16 }, out SessionRecipe? recipe).Should().Be(0);
        using DialectSession caller = DialectSession.Create(recipe!, key, [])!;
        linux
            .PlanAuthenticated(
                new CryptCall
                {
                    Action = CryptAction.Encrypt,
                    Length = 16,
                    Source = 1,
                    Destination = 100,
                    Iv = 2,
                },
                caller,
                out CryptPlan plan
            )
            .Should()
            .Be(0);
        byte[] result = new byte[plan.DestinationLength];
        using Session session = _device.CreateSession(caller.Parameters(tagLength: plan.TagLength));

        session.Process(plan.ToCryptOp(new byte[16], result, new byte[12], default, default)).Should().Be(32);

        Convert.ToHexString(result).Should().Be("0388DACE60B6A392F328C2B971B2FE78" + "AB6E47D42CEC13BDF53A67B21257BDDF");
    }

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
            .Instance.Resolve(
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
        CryptOp op = CryptOp.Decrypt(new byte[48], new byte[48], new byte[16], new byte[7], new byte[16]);
        CryptCall call = CryptCall.FromOp(9, op, new PinnedSpans(0x10, 0x20, 0x30, 0x40, 0x50));

        CryptodevLinuxCodec.Instance.Decode(CryptodevLinuxCodec.Instance.EncodeAuth(call)).Should().Be(call);
        FreeBsdCodec.Release14.Decode(FreeBsdCodec.Release14.EncodeAead(call)).Should().Be(call with { TagLength = 0 });
        CryptCall plain = call with { AssociatedData = 0, AssociatedDataLength = 0, TagLength = 0, IvLength = 0 };
        CryptodevLinuxCodec.Instance.Decode(CryptodevLinuxCodec.Instance.Encode(call)).Should().Be(plain);
        FreeBsdCodec.Release12.Decode(FreeBsdCodec.Release12.Encode(call)).Should().Be(plain);
        OpenBsdCodec.Year2014.Decode(OpenBsdCodec.Year2014.Encode(call)).Should().Be(plain);
        NetBsdCodec.Instance.Decode(NetBsdCodec.Instance.Encode(call)).Should().Be(plain);
        NetBsdCodec.Instance.Decode(NetBsdCodec.Instance.EncodeOld(call)).Should().Be(plain);
        CryptCall element = plain with { Cookie = 0x99, RequestId = 77, Status = 5, DestinationLength = 100 };
        NetBsdCodec.Instance.Decode(NetBsdCodec.Instance.EncodeElement(element)).Should().Be(element);
        NetBsdCodec.Instance.Decode(NetBsdCodec.Instance.EncodeOldElement(element)).Should().Be(element with { DestinationLength = 0 });
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

    private static CryptCall Encrypt() =>
        new()
        {
            Action = CryptAction.Encrypt,
            Source = 1,
            Destination = 2,
            Iv = 3,
        };

    private byte[] Run(DialectCodec codec, SessionCall asked, byte[] key, byte[] macKey, CryptCall call, byte[] source, byte[]? iv)
    {
        codec.Resolve(asked, out SessionRecipe? recipe).Should().Be(0);
        using DialectSession caller = DialectSession.Create(recipe!, key, macKey)!;
        codec.Plan(call with { Length = (uint)source.Length, Iv = iv is null ? 0 : 3 }, caller, out CryptPlan plan).Should().Be(0);
        using Session session = _device.CreateSession(caller.Parameters(plan.MacOrder));
        byte[] result = new byte[source.Length];
        source.AsSpan(0, plan.PrefixLength).CopyTo(result);
        byte[] formatted = new byte[16];
        int length = caller.FormatIv(iv is null ? source.AsSpan(0, plan.PrefixLength) : iv.AsSpan(0, plan.IvLength), formatted);
        session.Process(plan.ToCryptOp(source, result, formatted.AsSpan(0, length), default, default));
        return result;
    }

    private byte[] Mac(DialectCodec codec, SessionCall asked, byte[] key, byte[] source)
    {
        codec.Resolve(asked, out SessionRecipe? recipe).Should().Be(0);
        using DialectSession caller = DialectSession.Create(recipe!, [], key)!;
        codec
            .Plan(
                new CryptCall
                {
                    Action = CryptAction.Encrypt,
                    Length = (uint)source.Length,
                    Source = 1,
                    Tag = 2,
                },
                caller,
                out CryptPlan plan
            )
            .Should()
            .Be(0);
        using Session session = _device.CreateSession(caller.Parameters());
        byte[] tag = new byte[plan.TagLength];
        session.Process(plan.ToCryptOp(source, default, default, default, tag));
        return tag;
    }
}
