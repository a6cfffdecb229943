using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>A tag that is verified is read and never written: it is a span of its own, and the wrong one never reaches a driver.</summary>
public sealed class ExpectedTagTests
{
    private static readonly CryptoKey s_key = new(new byte[16]);

    public static TheoryData<string> Sessions => ["digest", "mac", "gmac", "aead", "cipher+mac"];

    [Fact]
    public void A_verified_tag_comes_back_read_only()
    {
        byte[] tag = [1, 2, 3];
        CryptOp verify = CryptOp.Verify(default, tag);
        CryptOp decrypt = CryptOp.Open(default, default, tag, default);
        verify.Tag.IsEmpty.Should().BeTrue();
        decrypt.Tag.IsEmpty.Should().BeTrue();
        (verify.ExpectedTag.Span == tag && decrypt.ExpectedTag.Span == tag).Should().BeTrue("the caller's memory itself is read");
        typeof(CryptOp).GetProperty(nameof(CryptOp.ExpectedTag))!.PropertyType.Should().Be(typeof(InputBytes));
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Computing_into_a_tag_that_was_to_be_verified_is_refused(string kind)
    {
        FakeSession driver = new();
        using Session session = Open(kind, driver);
        byte[] tag = [.. Enumerable.Repeat((byte)9, session.TagLength)];
        Action compute = () =>
            session.Process(CryptOp.Verify(new byte[16], tag, new byte[session.IvLength]) with { TagAction = TagAction.Compute });
        compute.Should().Throw<ArgumentException>().WithMessage("*ExpectedTag stays empty*");
        tag.Should().AllBeEquivalentTo((byte)9);
        driver.Processed.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Both_tags_or_the_wrong_one_are_refused_before_a_driver_is_touched(string kind)
    {
        FakeSession driver = new();
        using Session session = Open(kind, driver);
        foreach (CryptDirection direction in Enum.GetValues<CryptDirection>())
        {
            foreach (TagAction action in Enum.GetValues<TagAction>())
            {
                bool verifies = action == TagAction.Verify || (action == TagAction.Default && direction == CryptDirection.Decrypt);
                Refused(verifies, both: false);
                Refused(verifies, both: true);

                void Refused(bool wrongIsTag, bool both)
                {
                    byte[] room = new byte[session.TagLength];
                    byte[] given = new byte[session.TagLength];
                    Action run = () =>
                        session.Process(
                            new CryptOp
                            {
                                Direction = direction,
                                TagAction = action,
                                Source = new byte[16],
                                Destination = new byte[16],
                                Iv = new byte[session.IvLength],
                                Tag = wrongIsTag || both ? room : default,
                                ExpectedTag = !wrongIsTag || both ? given : [],
                            }
                        );
                    run.Should().Throw<ArgumentException>("{0}, {1}, {2}, both: {3}", kind, direction, action, both);
                }
            }
        }

        driver.Processed.Should().Be(0);
    }

    [Fact]
    public void Whatever_authenticates_nothing_takes_no_expected_tag()
    {
        FakeSession driver = new();
        using Session cipher = SessionTests.Over(driver, SessionParameters.Cipher(CryptoAlgorithm.AesCbc, s_key));
        Action flat = () => cipher.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16]) with { ExpectedTag = new byte[16] });
        flat.Should().Throw<ArgumentException>().WithMessage("aes-cbc authenticates nothing*");
        CryptDescriptor step = new()
        {
            Algorithm = CryptoAlgorithm.AesCbc,
            Length = 16,
            Inject = 16,
        };
        Action steps = () => cipher.Process(CryptOp.Chain(new byte[32], [step]) with { ExpectedTag = new byte[16] });
        steps.Should().Throw<ArgumentException>().WithMessage("*ExpectedTag belong to the flat form*");
        driver.Processed.Should().Be(0);
    }

    [Fact]
    public async Task Memory_that_may_not_be_written_serves_as_expected_tag_on_every_path()
    {
        using CryptoDevice device = CryptoDevice.Open();
        using Session sha = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.SoftwareOnly);
        byte[] digest = new byte[32];
        sha.Process(CryptOp.Digest("x"u8, digest));
        sha.Process(CryptOp.Verify("x"u8, digest)).Should().Be(32);
        Action literal = () =>
            sha.Process(CryptOp.Verify("x"u8, "12345678901234567890123456789012"u8) with { TagAction = TagAction.Compute });
        literal.Should().Throw<ArgumentException>();

        using Session gcm = device.CreateSession(SessionParameters.Aead(CryptoAlgorithm.AesGcm, s_key), DriverPolicy.SoftwareOnly);
        byte[] text = new byte[5];
        byte[] tag = new byte[16];
        gcm.Process(CryptOp.Seal(new byte[12], "plain"u8, text, tag));
        byte[] back = new byte[5];
        CryptRequest request = new()
        {
            Direction = CryptDirection.Decrypt,
            Source = text,
            Destination = back,
            Iv = new byte[12],
            ExpectedTag = tag,
        };
        (await gcm.ProcessAsync(request)).Should().Be(5);
        back.Should().Equal("plain"u8.ToArray());
    }

    private static Session Open(string kind, FakeSession driver) =>
        SessionTests.Over(
            driver,
            kind switch
            {
                "digest" => SessionParameters.Digest(CryptoAlgorithm.Sha256),
                "mac" => SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, s_key),
                "gmac" => SessionParameters.KeyedDigest(CryptoAlgorithm.Aes128Gmac, s_key),
                "aead" => SessionParameters.Aead(CryptoAlgorithm.AesGcm, s_key),
                _ => SessionParameters.CipherAndMac(
                    new CryptoTransform(CryptoAlgorithm.AesCbc, s_key),
                    new CryptoTransform(CryptoAlgorithm.HmacSha1, s_key),
                    MacOrder.MacCiphertext
                ),
            }
        );
}
