using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class SessionParametersTests
{
    private static readonly CryptoKey s_key16 = new(Enumerable.Range(0, 16).Select(i => (byte)i).ToArray());
    private static readonly CryptoKey s_key32 = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public void Transforms_resolve_to_one_mode()
    {
        CryptoTransform cipher = new(CryptoAlgorithm.AesCbc, s_key16);
        CryptoTransform mac = new(CryptoAlgorithm.HmacSha256, s_key32);
        CryptoTransform digest = new(CryptoAlgorithm.Sha256);
        CryptoTransform aead = new(CryptoAlgorithm.AesGcm, s_key16);
        SessionParameters.Chain(cipher).Mode.Should().Be(SessionMode.Cipher);
        SessionParameters.Chain(mac).Mode.Should().Be(SessionMode.Digest);
        SessionParameters.Chain(digest).Mode.Should().Be(SessionMode.Digest);
        SessionParameters.Chain(aead).Mode.Should().Be(SessionMode.Aead);
        SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.Gzip)).Mode.Should().Be(SessionMode.Compression);
        SessionParameters.Chain(cipher, mac).Mode.Should().Be(SessionMode.CipherAndMac);
        SessionParameters.Chain(cipher, digest).Mode.Should().Be(SessionMode.CipherAndMac);
        SessionParameters.Chain(mac, cipher).Mode.Should().Be(SessionMode.Chain);
        SessionParameters.Chain(cipher, aead).Mode.Should().Be(SessionMode.Chain);
        SessionParameters
            .Chain(cipher, new CryptoTransform(CryptoAlgorithm.Aes128Gmac, s_key16))
            .Mode.Should()
            .Be(SessionMode.Chain, "GMAC wants a nonce of its own");
        SessionParameters.CipherAndMac(cipher, mac, MacOrder.MacCiphertext).MacOrder.Should().Be(MacOrder.MacCiphertext);
        SessionParameters.Chain(cipher, mac).ToString().Should().Be("CipherAndMac: aes-cbc + hmac-sha256");
    }

    public static TheoryData<string, int, string> WrongKeys =>
        new()
        {
            { "aes-cbc", 15, "16, 24 or 32" },
            { "aes-cbc", 0, "16, 24 or 32" },
            { "aes-xts", 48, "32 or 64" },
            { "des-cbc", 7, "8" },
            { "3des-cbc", 16, "24" },
            { "blowfish-cbc", 3, "4 to 56" },
            { "blowfish-cbc", 57, "4 to 56" },
            { "cast5-cbc", 4, "5 to 16" },
            { "chacha20", 16, "32" },
            { "arc4", 257, "1 to 256" },
            { "skipjack-cbc", 8, "10" },
            { "null", 1, "0" },
            { "aes-gcm", 33, "16, 24 or 32" },
            { "aes-cmac", 20, "16, 24 or 32" },
            { "md5-kpdk", 0, "1 to 8192" },
            { "aes-192-gmac", 16, "24" },
            { "null-hmac", 257, "0 to 256" },
        };

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public void A_wrong_key_length_is_refused_with_what_is_allowed(string name, int length, string allowed)
    {
        using CryptoKey key = CryptoKey.Copy(new byte[length]);
        Action build = () => SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.Parse(name), key));
        build
            .Should()
            .Throw<ArgumentException>()
            .WithMessage($"{name} takes a key of {allowed} bytes; {length} were given.*")
            .WithParameterName("key");
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused_and_named()
    {
        Refused(() => SessionParameters.Cipher(CryptoAlgorithm.AesCbc), "aes-cbc needs a key of 16, 24 or 32 bytes; none was given.*");
        Refused(() => SessionParameters.Cipher(CryptoAlgorithm.Sha256), "sha256 is of kind Digest, not Cipher.*");
        Refused(() => SessionParameters.Digest(CryptoAlgorithm.HmacSha1), "hmac-sha1 is of kind Mac, not Digest.*");
        Refused(() => SessionParameters.KeyedDigest(CryptoAlgorithm.Md5, s_key16), "md5 is of kind Digest, not Mac.*");
        Refused(() => SessionParameters.Aead(CryptoAlgorithm.AesCtr, s_key16), "aes-ctr is of kind Cipher, not Aead.*");
        Refused(() => SessionParameters.Compression(CryptoAlgorithm.Null), "null is of kind Cipher, not Compression.*");
        Refused(
            () => SessionParameters.Aead(CryptoAlgorithm.AesGcm, s_key16, tagLength: 5),
            "aes-gcm has a tag of 4, 8 or 12 to 16 bytes; 5 were asked for.*"
        );
        Refused(
            () => SessionParameters.Aead(CryptoAlgorithm.AesCcm, s_key16, ivLength: 14),
            "aes-ccm takes an IV of 7 to 13 bytes; 14 were asked for.*"
        );
        Refused(
            () => SessionParameters.KeyedDigest(CryptoAlgorithm.HmacMd5_96, s_key16, tagLength: 13),
            "hmac-md5-96 has a tag of 4 to 12 bytes; 13 were asked for.*"
        );
        Refused(() => SessionParameters.Chain(), "A session has 1 to 8 transforms; 0 were given.*");
        Refused(
            () => SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.Md5), new CryptoTransform(CryptoAlgorithm.Md5)),
            "md5 stands in the list twice*"
        );
        Refused(() => SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.Md5), null!), "A transform is null.*");
        Refused(
            () =>
                SessionParameters.Chain([
                    .. CryptoAlgorithm.All.Where(row => row.Kind == AlgorithmKind.Digest).Take(9).Select(row => new CryptoTransform(row)),
                ]),
            "*1 to 8*9 were given.*"
        );
        CryptoTransform cipher = new(CryptoAlgorithm.AesCbc, s_key16);
        CryptoTransform mac = new(CryptoAlgorithm.Sha1);
        Refused(() => SessionParameters.CipherAndMac(mac, mac, MacOrder.MacPlaintext), "sha1 is not a cipher.*");
        Refused(() => SessionParameters.CipherAndMac(cipher, cipher, MacOrder.MacPlaintext), "aes-cbc is not a digest or MAC*");
        Refused(
            () => SessionParameters.CipherAndMac(cipher, new CryptoTransform(CryptoAlgorithm.Aes128Gmac, s_key16), MacOrder.MacPlaintext),
            "aes-128-gmac is not a digest or MAC that works without a nonce*"
        );
        Refused(() => SessionParameters.CipherAndMac(cipher, mac, (MacOrder)5), "*MacPlaintext or MacCiphertext*");
        Refused(
            () => SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.AesCbc, s_key16) { Rounds = 12 }),
            "aes-cbc has 10 rounds with this key; 12 were asked for.*"
        );
        Refused(
            () => SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.AesCbc, KernelKey.FromSerial(1)) { Rounds = 10 }),
            "The rounds of aes-cbc*"
        );
        Refused(() => SessionParameters.Digest(CryptoAlgorithm.Md5).WithMaxMessageLength(-1), "*");
        SessionParameters.Chain(new CryptoTransform(CryptoAlgorithm.AesCbc, s_key16) { Rounds = 10 }).Transforms[0].Rounds.Should().Be(10);
    }

    [Fact]
    public void Equal_xts_halves_are_refused_where_an_option_says_so()
    {
        using CryptoDevice standard = CryptoDevice.Open();
        using CryptoDevice strict = CryptoDevice.Open(new CryptoDeviceOptions { RefuseEqualXtsHalves = true });
        foreach (int half in new[] { 16, 32 })
        {
            byte[] bytes = [.. Enumerable.Range(0, half).Select(i => (byte)i), .. Enumerable.Range(0, half).Select(i => (byte)i)];
            using CryptoKey equal = new(bytes);
            SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesXts, equal);
            standard.CreateSession(parameters).Dispose();
            Refused(() => strict.CreateSession(parameters), "The two halves of an aes-xts key must differ.*");
            bytes[^1] ^= 1;
            using CryptoKey different = new(bytes);
            strict.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesXts, different)).Dispose();
            using CryptoKey macKey = new(bytes);
            SessionParameters both = SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesXts, equal),
                new CryptoTransform(CryptoAlgorithm.HmacSha256, macKey),
                MacOrder.MacPlaintext
            );
            Refused(() => strict.CreateSession(both), "The two halves of an aes-xts key must differ.*");
        }
    }

    [Fact]
    public void A_demand_on_the_length_keeps_the_rest()
    {
        SessionParameters parameters = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCbc, s_key16),
            new CryptoTransform(CryptoAlgorithm.Sha1),
            MacOrder.MacCiphertext
        );
        SessionParameters longer = parameters.WithMaxMessageLength(1 << 30);
        longer.MaxMessageLength.Should().Be(1 << 30);
        parameters.MaxMessageLength.Should().Be(0, "the original is not changed");
        (longer.Mode, longer.MacOrder, longer.Transforms).Should().Be((parameters.Mode, parameters.MacOrder, parameters.Transforms));
    }

    [Fact]
    public void The_list_given_may_be_changed_afterwards()
    {
        List<CryptoTransform> list = [new(CryptoAlgorithm.Md5), new(CryptoAlgorithm.Sha1)];
        SessionParameters parameters = SessionParameters.Chain(list);
        list.Clear();
        parameters.Transforms.Should().HaveCount(2);
    }

    private static void Refused(Action build, string message) => build.Should().Throw<ArgumentException>().WithMessage(message);
}
