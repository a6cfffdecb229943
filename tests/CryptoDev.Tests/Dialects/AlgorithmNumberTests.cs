using System.Reflection;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>Ids and lengths of the session calls, both ways.</summary>
public sealed class AlgorithmNumberTests
{
    private static readonly Dictionary<string, DialectCodec> s_codecs = new()
    {
        ["linux"] = CryptodevLinuxCodec.Instance,
        ["netbsd7"] = NetBsdCodec.Release7,
        ["netbsd"] = NetBsdCodec.Release10,
        ["freebsd12"] = FreeBsdCodec.Release12,
        ["freebsd13"] = FreeBsdCodec.Release13,
        ["freebsd14"] = FreeBsdCodec.Release14,
        ["openbsd2002"] = OpenBsdCodec.Year2002,
        ["openbsd2014"] = OpenBsdCodec.Year2014,
    };

    /// <summary>Codec, cipher id, lengths taken, lengths refused, bytes of IV, block, algorithm.</summary>
    public static TheoryData<string, uint, int[], int[], int, int, string> Ciphers =>
        new()
        {
            { "openbsd2014", OpenBsd.CRYPTO_DES_CBC, [8], [7, 9], 8, 8, "des-cbc" },
            { "openbsd2014", OpenBsd.CRYPTO_BLF_CBC, [5, 16, 56], [4, 57], 8, 8, "blowfish-cbc" },
            { "openbsd2014", OpenBsd.CRYPTO_AES_CTR, [20, 28, 36], [16, 19, 37], 16, 16, "aes-ctr" },
            { "openbsd2014", OpenBsd.CRYPTO_AES_XTS, [32, 64], [48, 31], 16, 16, "aes-xts" },
            { "openbsd2014", OpenBsd.CRYPTO_ARC4, [1, 32], [0, 33], 0, 1, "arc4" },
            { "openbsd2014", OpenBsd.CRYPTO_NULL, [0, 256], [257], 4, 4, "null" },
            { "openbsd2014", OpenBsd.CRYPTO_SKIPJACK_CBC, [], [10], 0, 0, "" },
            { "openbsd2002", OpenBsd.CRYPTO_SKIPJACK_CBC, [10], [9, 11], 8, 8, "skipjack-cbc" },
            { "openbsd2002", OpenBsd.CRYPTO_AES_CTR, [], [20, 36], 0, 0, "" },
            { "openbsd2002", OpenBsd.CRYPTO_NULL, [], [0, 16], 0, 0, "" },
            { "netbsd", NetBsd.CRYPTO_3DES_CBC, [24], [16, 23], 8, 8, "3des-cbc" },
            { "netbsd", NetBsd.CRYPTO_CAMELLIA_CBC, [16, 24, 32], [7, 33], 16, 16, "camellia-cbc" },
            { "netbsd", NetBsd.CRYPTO_AES_CTR, [20, 28, 36], [16, 19, 37], 8, 16, "aes-ctr" },
            { "netbsd", NetBsd.CRYPTO_NULL_CBC, [0, 256], [257], 0, 4, "null" },
            { "netbsd", NetBsd.CRYPTO_AES_GMAC, [], [20, 36], 0, 0, "" },
            { "freebsd12", FreeBsd.CRYPTO_AES_ICM, [16, 24, 32], [15, 36], 16, 16, "aes-ctr" },
            { "freebsd14", FreeBsd.CRYPTO_AES_ICM, [16, 24, 32], [15, 36], 16, 1, "aes-ctr" },
            { "freebsd14", FreeBsd.CRYPTO_AES_XTS, [32, 64], [31, 65], 8, 16, "aes-xts" },
            { "freebsd14", FreeBsd.CRYPTO_CHACHA20, [32], [15, 33], 16, 1, "chacha20" },
            { "freebsd14", FreeBsd.CRYPTO_CHACHA20_POLY1305, [32], [16, 31], 12, 1, "chacha20-poly1305" },
            { "freebsd12", FreeBsd.CRYPTO_CHACHA20_POLY1305, [], [32], 0, 0, "" },
            { "freebsd13", FreeBsd.CRYPTO_CHACHA20_POLY1305, [], [32], 0, 0, "" },
            { "freebsd13", FreeBsd.CRYPTO_AES_NIST_GCM_16, [16, 24, 32], [15, 33], 12, 1, "aes-gcm" },
            { "freebsd12", FreeBsd.CRYPTO_DES_CBC, [8], [7], 8, 8, "des-cbc" },
            { "freebsd14", FreeBsd.CRYPTO_DES_CBC, [], [8], 0, 0, "" },
            { "linux", CryptodevLinux.CRYPTO_AES_CBC, [16, 24, 32], [0, 20, 33, 65], 16, 16, "aes-cbc" },
            { "linux", CryptodevLinux.CRYPTO_AES_CTR, [16, 24, 32], [20, 36], 16, 1, "aes-ctr" },
            { "linux", CryptodevLinux.CRYPTO_AES_ECB, [16, 32], [8], 0, 16, "aes-ecb" },
            { "linux", CryptodevLinux.CRYPTO_AES_GCM, [16, 24, 32], [20], 12, 1, "aes-gcm" },
            { "linux", CryptodevLinux.CRYPTO_AES_CCM, [16, 24, 32], [20], 16, 1, "aes-ccm" },
            { "linux", CryptodevLinux.CRYPTO_CAST_CBC, [], [16], 0, 0, "" },
            { "linux", CryptodevLinux.CRYPTO_ARC4, [], [16], 0, 0, "" },
        };

    /// <summary>Codec, MAC id, lengths taken, lengths refused, bytes written.</summary>
    public static TheoryData<string, uint, int[], int[], int> Macs =>
        new()
        {
            { "openbsd2002", OpenBsd.CRYPTO_MD5_HMAC, [16], [15, 17, 0], 12 },
            { "openbsd2002", OpenBsd.CRYPTO_SHA1_HMAC, [20], [16], 12 },
            { "openbsd2002", OpenBsd.CRYPTO_SHA1, [0], [20], 20 },
            { "openbsd2014", OpenBsd.CRYPTO_MD5_HMAC, [], [16], 0 },
            { "openbsd2014", OpenBsd.CRYPTO_SHA2_256_HMAC, [], [32], 0 },
            { "netbsd", NetBsd.CRYPTO_MD5_HMAC, [16], [15, 64], 16 },
            { "netbsd", NetBsd.CRYPTO_SHA1_HMAC_96, [20], [12], 12 },
            { "netbsd", NetBsd.CRYPTO_SHA2_HMAC, [32], [20, 33], 16 },
            { "netbsd", NetBsd.CRYPTO_SHA2_HMAC, [48], [47], 24 },
            { "netbsd", NetBsd.CRYPTO_SHA2_HMAC, [64], [63], 32 },
            { "netbsd", NetBsd.CRYPTO_SHA2_384_HMAC, [48], [47, 64], 24 },
            { "netbsd", NetBsd.CRYPTO_SHA2_512_HMAC, [64], [48, 128], 32 },
            { "netbsd7", NetBsd.CRYPTO_SHA2_HMAC, [32], [33], 16 },
            { "netbsd7", NetBsd.CRYPTO_SHA2_384_HMAC, [], [48], 0 },
            { "netbsd7", NetBsd.CRYPTO_SHA2_512_HMAC, [], [64], 0 },
            { "netbsd", NetBsd.CRYPTO_AES_XCBC_MAC_96, [16], [20], 12 },
            { "netbsd", NetBsd.CRYPTO_NULL_HMAC, [0], [1], 12 },
            { "netbsd", NetBsd.CRYPTO_AES_128_GMAC, [], [16], 0 },
            { "netbsd", NetBsd.CRYPTO_MD5_KPDK, [], [16], 0 },
            { "freebsd12", FreeBsd.CRYPTO_SHA2_256_HMAC, [0, 1, 64], [65], 32 },
            { "freebsd14", FreeBsd.CRYPTO_SHA2_256_HMAC, [1, 64], [0, 65], 32 },
            { "freebsd14", FreeBsd.CRYPTO_SHA2_512_HMAC, [1, 128], [129], 64 },
            { "freebsd12", FreeBsd.CRYPTO_MD5_HMAC, [16], [65], 16 },
            { "freebsd14", FreeBsd.CRYPTO_MD5_HMAC, [], [16], 0 },
            { "freebsd14", FreeBsd.CRYPTO_AES_NIST_GMAC, [16, 24, 32], [20], 16 },
            { "freebsd12", FreeBsd.CRYPTO_AES_NIST_GMAC, [], [16], 0 },
            { "freebsd14", FreeBsd.CRYPTO_NULL_HMAC, [0], [1], 16 },
            { "freebsd14", FreeBsd.CRYPTO_SHA2_224, [0], [28], 28 },
            { "linux", CryptodevLinux.CRYPTO_SHA2_512_HMAC, [0, 64, 512], [513], 64 },
            { "linux", CryptodevLinux.CRYPTO_MD5, [0, 512], [513], 16 },
            { "linux", CryptodevLinux.CRYPTO_MD5_KPDK, [], [16], 0 },
        };

    public static TheoryData<string> Codecs => [.. s_codecs.Keys];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Cipher_keys_have_the_dialects_lengths(string name, uint id, int[] taken, int[] refused, int iv, int block, string algorithm)
    {
        DialectCodec codec = s_codecs[name];
        foreach (int length in taken)
        {
            codec.Resolve(WithKey(id, length, codec), out SessionRecipe? recipe).Should().Be(0, "{0} takes a key of {1}", id, length);
            recipe!.KeyLength.Should().Be(length);
            recipe.IvLength.Should().Be(iv);
            recipe.Cipher!.BlockSize.Should().Be(block);
            recipe.Cipher.Algorithm!.Name.Should().Be(algorithm);
        }

        foreach (int length in refused)
        {
            Refuses(codec, new SessionCall { Cipher = id, KeyLength = length }, $"{name} {id} with a key of {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Macs))]
    public void Mac_keys_and_macs_have_the_dialects_lengths(string name, uint id, int[] taken, int[] refused, int written)
    {
        foreach (int length in taken)
        {
            s_codecs[name]
                .Resolve(new SessionCall { Mac = id, MacKeyLength = length }, out SessionRecipe? recipe)
                .Should()
                .Be(0, "{0} takes a key of {1}", id, length);
            recipe!.TagLength.Should().Be(written);
            using DialectSession session = DialectSession.Create(recipe, [], new byte[recipe.MacKeyLength])!;
            session.TagSize.Should().Be(written);
            int computed = session.Parameters().Transforms[0] is { TagLength: > 0 } cut
                ? cut.TagLength
                : session.Mac!.Algorithm!.DigestSize;
            computed.Should().BeLessThanOrEqualTo(written);
        }

        foreach (int length in refused)
        {
            Refuses(s_codecs[name], new SessionCall { Mac = id, MacKeyLength = length }, $"{name} {id} with a key of {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Nothing_and_nonsense_are_EINVAL(string name)
    {
        DialectCodec codec = s_codecs[name];
        Refuses(codec, default, "nothing asked for");
        foreach (uint id in new uint[] { 49, 110, 255, 65536 + 11, uint.MaxValue })
        {
            Refuses(codec, new SessionCall { Cipher = id, KeyLength = 16 }, $"cipher {id}");
            Refuses(codec, new SessionCall { Mac = id, MacKeyLength = 16 }, $"MAC {id}");
            Refuses(
                codec,
                new SessionCall
                {
                    Cipher = 11,
                    KeyLength = 16,
                    Mac = id,
                },
                $"AES-CBC with MAC {id}"
            );
        }

        // A digest is no cipher and a cipher no MAC, though ids share one space.
        Refuses(codec, new SessionCall { Cipher = 14 }, "SHA-1 as a cipher");
        Refuses(codec, new SessionCall { Mac = 11, MacKeyLength = 16 }, "AES-CBC as a MAC");
        Refuses(codec, new SessionCall { Cipher = 11, KeyLength = uint.MaxValue }, "a key of four gigabytes");
        Refuses(codec, new SessionCall { Mac = 14, MacKeyLength = -1 }, "a negative length");
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Rows_carry_the_numbers_of_the_header(string name)
    {
        Type header = name switch
        {
            "linux" => typeof(CryptodevLinux),
            "netbsd" or "netbsd7" => typeof(NetBsd),
            "freebsd12" or "freebsd13" or "freebsd14" => typeof(FreeBsd),
            _ => typeof(OpenBsd),
        };
        AlgorithmNumberTable numbers = s_codecs[name].Numbers;

        foreach (AlgorithmNumber row in numbers.Rows)
        {
            foreach (string spelling in row.Aliases.Append(row.Name))
            {
                header.GetField(spelling)!.GetRawConstantValue().Should().Be(row.Id, "{0} is the header's", spelling);
            }
        }

        numbers
            .Rows.SelectMany(row => row.Aliases.Append(row.Name))
            .Should()
            .Contain("CRYPTO_AES_CBC")
            .And.Contain("CRYPTO_RIJNDAEL128_CBC");
    }

    [Fact]
    public void Every_id_of_a_header_has_a_row_in_some_form()
    {
        foreach (
            (Type header, string[] forms) in new[]
            {
                (typeof(CryptodevLinux), new[] { "linux" }),
                (typeof(NetBsd), ["netbsd"]),
                (typeof(FreeBsd), ["freebsd12", "freebsd13", "freebsd14"]),
                (typeof(OpenBsd), ["openbsd2002", "openbsd2014"]),
            }
        )
        {
            string[] notIds =
            [
                "CRYPTO_ALGORITHM_MAX",
                "CRYPTO_CIPHER_MAX_KEY_LEN",
                "CRYPTO_HMAC_MAX_KEY_LEN",
                "CRYPTO_MAX_MAC_LEN",
                "CRYPTO_FLAG_HARDWARE",
                "CRYPTO_FLAG_SOFTWARE",
            ];
            header
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => field.Name)
                .Where(field => field.StartsWith("CRYPTO_", StringComparison.Ordinal) && !notIds.Contains(field))
                .Should()
                .BeSubsetOf(forms.SelectMany(form => s_codecs[form].Numbers.Rows).SelectMany(row => row.Aliases.Append(row.Name)));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_the_framework_asks_for_comes_back_as_the_same(string name)
    {
        DialectCodec codec = s_codecs[name];
        int mapped = 0;
        foreach (AlgorithmNumber row in codec.Numbers.Rows.Where(row => row.IsFullyGeneral && row.Algorithm is not null && !row.IsUnusable))
        {
            CryptoAlgorithm algorithm = row.Algorithm!;
            int[] lengths = [.. row.KeySizes.Values().Where(length => algorithm.KeySizes.Contains(length)).Take(40)];
            foreach (int length in lengths)
            {
                using CryptoKey key = CryptoKey.Copy(Enumerable.Range(1, length).Select(i => (byte)i).ToArray());
                SessionParameters parameters = algorithm.Kind switch
                {
                    AlgorithmKind.Cipher => SessionParameters.Cipher(algorithm, length == 0 ? null : key),
                    AlgorithmKind.Aead => SessionParameters.Aead(
                        algorithm,
                        key,
                        row.TagSize,
                        row.IvForm == IvForm.CcmBlock ? 13 : row.IvSize
                    ),
                    AlgorithmKind.Digest => SessionParameters.Digest(algorithm),
                    AlgorithmKind.Mac => SessionParameters.KeyedDigest(
                        algorithm,
                        key,
                        Math.Min(row.TagSize, algorithm.DigestSize),
                        row.IvSize
                    ),
                    _ => SessionParameters.Compression(algorithm),
                };
                if (algorithm.Kind == AlgorithmKind.Digest && length != 0)
                {
                    continue;
                }

                codec
                    .TryEncode(parameters, out SessionCall call, out string? reason)
                    .Should()
                    .BeTrue("{0} with {1} bytes: {2}", row.Name, length, reason);
                codec.Resolve(call, out SessionRecipe? recipe).Should().Be(0);
                AlgorithmNumber? back = recipe!.Cipher ?? recipe.Mac ?? recipe.Compression;

                // Where two rows of an id say the same to the kernel, the first is what it comes back as. An algorithm may have two ids.
                (back!.Algorithm == algorithm || ReferenceEquals(back, codec.Numbers.Find(row.Id, length, row.Role)))
                    .Should()
                    .BeTrue("{0} comes back as {1}", row.Name, back.Name);
                (back!.Algorithm == algorithm || row.TagSize < algorithm.DigestSize).Should().BeTrue("{0} says {1}", row.Name, algorithm);
                mapped++;
            }
        }

        mapped.Should().BeGreaterThan(name.StartsWith("openbsd", StringComparison.Ordinal) ? 5 : 20);
    }

    /// <summary>A driver must not choose an id whose sessions open and whose operations fail.</summary>
    [Fact]
    public void NetBSD_7_has_no_id_for_long_hashes()
    {
        using CryptoKey key = new(new byte[48]);
        SessionParameters parameters = SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha384, key, tagLength: 24);
        Reason(NetBsdCodec.Release7, parameters).Should().Contain("refuses their operations");
        NetBsdCodec.Release10.TryEncode(parameters, out SessionCall call, out _).Should().BeTrue();
        call.Mac.Should().Be(NetBsd.CRYPTO_SHA2_384_HMAC);
    }

    [Fact]
    public void What_a_dialect_cannot_say_has_a_reason()
    {
        using CryptoKey key = new(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
        using CryptoKey macKey = new(new byte[32]);
        CryptoTransform cipher = new(CryptoAlgorithm.AesCbc, key);
        CryptoTransform mac = new(CryptoAlgorithm.HmacSha256, macKey);

        Reason(NetBsdCodec.Release10, SessionParameters.Cipher(CryptoAlgorithm.AesCtr, key))
            .Should()
            .Contain("CRYPTO_AES_CTR")
            .And.Contain("IV");
        Reason(NetBsdCodec.Release10, SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, macKey))
            .Should()
            .Contain("16")
            .And.Contain("32");
        Reason(OpenBsdCodec.Year2014, SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, macKey)).Should().Contain("no id");
        Reason(FreeBsdCodec.Release14, SessionParameters.Aead(CryptoAlgorithm.AesGcm, key, ivLength: 16))
            .Should()
            .Contain("12")
            .And.Contain("16");
        Reason(FreeBsdCodec.Release14, SessionParameters.CipherAndMac(cipher, mac, MacOrder.MacPlaintext)).Should().Contain("MacPlaintext");
        Reason(CryptodevLinuxCodec.Instance, SessionParameters.CipherAndMac(cipher, mac, MacOrder.MacCiphertext))
            .Should()
            .Contain("MacCiphertext");
        Reason(CryptodevLinuxCodec.Instance, SessionParameters.Chain(mac, cipher)).Should().Contain("chain");
        CryptodevLinuxCodec
            .Instance.TryEncode(SessionParameters.CipherAndMac(cipher, mac, MacOrder.MacPlaintext), out SessionCall call, out _)
            .Should()
            .BeTrue();
        call.Should()
            .Be(
                new SessionCall
                {
                    Cipher = 11,
                    KeyLength = 32,
                    Mac = 18,
                    MacKeyLength = 32,
                }
            );
    }

    [Fact]
    public void Aead_ids_come_in_the_pairs_of_their_release()
    {
        SessionCall gcm12 = new()
        {
            Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16,
            KeyLength = 32,
            Mac = FreeBsd.CRYPTO_AES_256_NIST_GMAC,
            MacKeyLength = 32,
        };
        FreeBsdCodec.Release12.Resolve(gcm12, out SessionRecipe? recipe).Should().Be(0);
        recipe!.RepeatsKey.Should().BeTrue();
        Refuses(FreeBsdCodec.Release12, gcm12 with { Mac = 0, MacKeyLength = 0 }, "GCM without its mate in 12");
        Refuses(FreeBsdCodec.Release12, gcm12 with { Mac = FreeBsd.CRYPTO_SHA1_HMAC, MacKeyLength = 20 }, "GCM with HMAC");
        Refuses(FreeBsdCodec.Release12, gcm12 with { Mac = FreeBsd.CRYPTO_AES_CCM_CBC_MAC }, "GCM with CCM's mate");

        FreeBsdCodec.Release14.Resolve(gcm12 with { Mac = 0, MacKeyLength = 0 }, out recipe).Should().Be(0);
        recipe!.RepeatsKey.Should().BeFalse();
        FreeBsdCodec.Release14.Resolve(gcm12, out _).Should().Be(0);
        Refuses(FreeBsdCodec.Release14, gcm12 with { KeyLength = 16 }, "key lengths that differ in 13 and later");

        SessionCall gcmNetBsd = new()
        {
            Cipher = NetBsd.CRYPTO_AES_GCM_16,
            KeyLength = 20,
            Mac = NetBsd.CRYPTO_AES_128_GMAC,
            MacKeyLength = 20,
        };
        NetBsdCodec.Release10.Resolve(gcmNetBsd, out recipe).Should().Be(0);
        byte[] key = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        using DialectSession? session = DialectSession.Create(recipe!, key, key);
        session!.Parameters().Mode.Should().Be(SessionMode.Aead);
        DialectSession.Create(recipe!, key, new byte[20]).Should().BeNull("the second key is not the first");
        recipe!.IsUnusable.Should().BeFalse();
        foreach (
            SessionCall unusable in new[]
            {
                gcmNetBsd with
                {
                    Mac = 0,
                },
                gcmNetBsd with
                {
                    Cipher = 0,
                    KeyLength = 0,
                },
                gcmNetBsd with
                {
                    Cipher = NetBsd.CRYPTO_AES_CBC,
                    KeyLength = 16,
                },
                gcmNetBsd with
                {
                    Mac = NetBsd.CRYPTO_SHA1_HMAC,
                },
                gcmNetBsd with
                {
                    Compression = NetBsd.CRYPTO_DEFLATE_COMP,
                },
            }
        )
        {
            NetBsdCodec.Release10.Resolve(unusable, out recipe).Should().Be(0, "NetBSD opens {0}", unusable);
            recipe!.IsUnusable.Should().BeTrue();
        }

        Refuses(NetBsdCodec.Release10, gcmNetBsd with { Mac = NetBsd.CRYPTO_SHA1_HMAC, MacKeyLength = 19 }, "a key of no HMAC-SHA1");

        SessionCall gcmLinux = new()
        {
            Cipher = 50,
            KeyLength = 16,
            Mac = 18,
        };
        CryptodevLinuxCodec.Instance.Resolve(gcmLinux, out recipe).Should().Be(0, "Linux leaves a MAC beside an AEAD alone");
        recipe!.Mac.Should().BeNull();
        Refuses(CryptodevLinuxCodec.Instance, gcmLinux with { MacKeyLength = 32 }, "a key for it is refused");
    }

    [Fact]
    public void FreeBSD_14_reads_nonce_and_tag_lengths_where_they_apply()
    {
        SessionCall ccm = new()
        {
            Cipher = FreeBsd.CRYPTO_AES_CCM_16,
            KeyLength = 16,
            IvLength = 7,
            TagLength = 8,
        };
        FreeBsdCodec.Release14.Resolve(ccm, out SessionRecipe? recipe).Should().Be(0);
        (recipe!.IvLength, recipe.TagLength).Should().Be((7, 8));
        using (DialectSession session = DialectSession.Create(recipe, new byte[16], [])!)
        {
            session.Parameters().Transforms[0].IvLength.Should().Be(7);
            session.Parameters().Transforms[0].TagLength.Should().Be(8);
        }

        Refuses(FreeBsdCodec.Release14, ccm with { IvLength = 14 }, "a nonce CCM has not");
        Refuses(FreeBsdCodec.Release14, ccm with { TagLength = 17 }, "a tag longer than the whole");
        Refuses(FreeBsdCodec.Release14, ccm with { TagLength = -1 }, "a negative tag");
        Refuses(
            FreeBsdCodec.Release14,
            new SessionCall
            {
                Cipher = FreeBsd.CRYPTO_AES_NIST_GCM_16,
                KeyLength = 16,
                IvLength = 16,
            },
            "GCM with 16 bytes"
        );
        Refuses(FreeBsdCodec.Release14, new SessionCall { Mac = FreeBsd.CRYPTO_SHA1, IvLength = 12 }, "a nonce for a hash");
        Refuses(
            FreeBsdCodec.Release14,
            new SessionCall
            {
                Cipher = FreeBsd.CRYPTO_AES_CBC,
                KeyLength = 16,
                TagLength = 16,
            },
            "a tag for a cipher"
        );
        FreeBsdCodec
            .Release12.Resolve(
                new SessionCall
                {
                    Cipher = FreeBsd.CRYPTO_AES_CBC,
                    KeyLength = 16,
                    IvLength = 99,
                    TagLength = 99,
                },
                out _
            )
            .Should()
            .Be(0, "padding in 12");
    }

    [Fact]
    public void A_key_the_framework_refuses_makes_no_session()
    {
        NetBsdCodec
            .Release10.Resolve(new SessionCall { Cipher = NetBsd.CRYPTO_AES_CBC, KeyLength = 17 }, out SessionRecipe? recipe)
            .Should()
            .Be(0, "the kernel's range holds it");
        DialectSession.Create(recipe!, new byte[17], []).Should().BeNull("the cipher does not");
        NetBsdCodec
            .Release10.Resolve(new SessionCall { Cipher = NetBsd.CRYPTO_AES_GCM_16, KeyLength = 21 }, out recipe)
            .Should()
            .Be(0, "the kernel's range holds it");
        DialectSession.Create(recipe!, new byte[21], []).Should().BeNull("GCM does not, though no operation would work");
    }

    internal static void Refuses(DialectCodec codec, SessionCall call, string what)
    {
        codec.Resolve(call, out SessionRecipe? recipe).Should().Be(LibC.EINVAL, "{0}", what);
        recipe.Should().BeNull();
    }

    // The mate an AEAD id needs, or none.
    private static SessionCall WithKey(uint id, int length, DialectCodec codec)
    {
        SessionCall call = new() { Cipher = id, KeyLength = length };
        return codec is NetBsdCodec && id == NetBsd.CRYPTO_AES_GCM_16
            ? call with
            {
                Mac = NetBsd.CRYPTO_AES_128_GMAC,
                MacKeyLength = length,
            }
            : call;
    }

    private static string Reason(DialectCodec codec, SessionParameters parameters)
    {
        codec.TryEncode(parameters, out _, out string? reason).Should().BeFalse();
        return reason!;
    }
}
