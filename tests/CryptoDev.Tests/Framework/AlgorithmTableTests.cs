using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class AlgorithmTableTests
{
    /// <summary>Every algorithm constant of NetBSD's opencrypto(9).</summary>
    private static readonly string[] s_openCrypto =
    [
        "CRYPTO_3DES_CBC",
        "CRYPTO_AES_128_GMAC",
        "CRYPTO_AES_192_GMAC",
        "CRYPTO_AES_256_GMAC",
        "CRYPTO_AES_CBC",
        "CRYPTO_AES_CTR",
        "CRYPTO_AES_GCM_16",
        "CRYPTO_AES_XCBC_MAC_96",
        "CRYPTO_ARC4",
        "CRYPTO_BLF_CBC",
        "CRYPTO_CAMELLIA_CBC",
        "CRYPTO_CAST_CBC",
        "CRYPTO_DEFLATE_COMP",
        "CRYPTO_DEFLATE_COMP_NOGROW",
        "CRYPTO_DES_CBC",
        "CRYPTO_GZIP_COMP",
        "CRYPTO_MD5",
        "CRYPTO_MD5_HMAC",
        "CRYPTO_MD5_HMAC_96",
        "CRYPTO_MD5_KPDK",
        "CRYPTO_NULL_CBC",
        "CRYPTO_NULL_HMAC",
        "CRYPTO_RIPEMD160",
        "CRYPTO_RIPEMD160_HMAC",
        "CRYPTO_RIPEMD160_HMAC_96",
        "CRYPTO_SHA1",
        "CRYPTO_SHA1_HMAC",
        "CRYPTO_SHA1_HMAC_96",
        "CRYPTO_SHA1_KPDK",
        "CRYPTO_SHA2_256_HMAC",
        "CRYPTO_SHA2_384_HMAC",
        "CRYPTO_SHA2_512_HMAC",
        "CRYPTO_SKIPJACK_CBC",
    ];

    public static TheoryData<string> Rows => [.. CryptoAlgorithm.All.Select(row => row.Name)];

    [Fact]
    public void All_33_of_opencrypto_are_there()
    {
        s_openCrypto.Should().HaveCount(33).And.OnlyHaveUniqueItems();
        foreach (string name in s_openCrypto)
        {
            CryptoAlgorithm.Parse(name).BsdName.Should().Be(name);
        }
    }

    [Fact]
    public void Names_and_bsd_names_are_unique()
    {
        CryptoAlgorithm.All.Select(row => row.Name).Should().OnlyHaveUniqueItems();
        CryptoAlgorithm.All.Select(row => row.BsdName).Where(name => name is not null).Should().OnlyHaveUniqueItems();
        CryptoAlgorithm.All.Should().HaveCount(53);
    }

    [Fact]
    public void No_spelling_is_claimed_by_two_rows_but_the_kernel_names_of_truncations()
    {
        Dictionary<string, CryptoAlgorithm> claimed = [];
        foreach (CryptoAlgorithm row in CryptoAlgorithm.All)
        {
            foreach (
                string spelling in row
                    .Aliases.Select(alias => alias.Name)
                    .Append(row.Name)
                    .Append(row.BsdName ?? row.Name)
                    .Select(Fold)
                    .Distinct()
            )
            {
                claimed.TryAdd(spelling, row).Should().BeTrue($"'{spelling}' of {row} belongs to {claimed[spelling]} already");
            }
        }

        static string Fold(string name) => name.ToLowerInvariant().Replace('_', '-');
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_spelling_of_a_row_finds_it(string name)
    {
        CryptoAlgorithm row = CryptoAlgorithm.Parse(name);
        row.ToString().Should().Be(name);
        CryptoAlgorithm.Parse(name.ToUpperInvariant()).Should().BeSameAs(row);
        CryptoAlgorithm.Parse($"  {name.Replace('-', '_')} ").Should().BeSameAs(row);
        if (row.BsdName is { } bsd)
        {
            CryptoAlgorithm.Parse(bsd).Should().BeSameAs(row);
            CryptoAlgorithm.Parse(bsd.ToLowerInvariant()).Should().BeSameAs(row);
            CryptoAlgorithm.Parse(bsd["CRYPTO_".Length..]).Should().BeSameAs(row);
        }

        foreach (AlgorithmAlias alias in row.Aliases)
        {
            CryptoAlgorithm.TryParse(alias.Name, out CryptoAlgorithm? found, out int implied).Should().BeTrue(alias.Name);
            found.Should().BeSameAs(row, alias.Name);
            implied.Should().Be(alias.KeyLength, alias.Name);
            if (implied != 0)
            {
                row.KeySizes.Contains(implied).Should().BeTrue($"{alias.Name} implies a key of {implied}");
            }
        }

        if (row.Kernel.Name is { } kernel)
        {
            CryptoAlgorithm.Parse(kernel).Kernel.Name.Should().Be(kernel);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Sizes_are_sane(string name)
    {
        CryptoAlgorithm row = CryptoAlgorithm.Parse(name);
        row.BlockSize.Should().BePositive();
        (row.ChainBlockSize % row.BlockSize == 0 || row.BlockSize == 1).Should().BeTrue("pieces chain at whole blocks");
        foreach (SizeSet sizes in new[] { row.KeySizes, row.IvSizes, row.TagSizes })
        {
            sizes.Contains(sizes.Default).Should().BeTrue($"the default {sizes.Default} is one of {sizes}");
            sizes.Values().Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        }

        (row.DigestSize > 0).Should().Be(row.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac or AlgorithmKind.Aead);
        row.TagSizes.Maximum.Should().Be(row.DigestSize);
        row.TagSizes.Default.Should().Be(row.DigestSize);
        if (row.Kind is AlgorithmKind.Digest or AlgorithmKind.Compression)
        {
            row.KeySizes.Maximum.Should().Be(0, "it takes no key");
        }

        if (row.Chaining is IvChaining.LastCiphertextBlock or IvChaining.LastKeyStreamBlock)
        {
            row.IvSizes.Default.Should().Be(row.ChainBlockSize, "the next IV is a block");
        }

        if (row.Chaining is IvChaining.Counter128 or IvChaining.Counter32)
        {
            row.IvSizes.ToString().Should().Be("16");
        }

        (row.Kernel.Name is null).Should().Be(row.Kernel.Reason is not null, "what the kernel lacks has a reason");
        (row.Kernel.Name is null).Should().Be(row.Kernel.Type is null);
        (row.Libcrypto.Kind == LibcryptoKind.Missing).Should().Be(row.Libcrypto.Reason is not null, "what libcrypto lacks has a reason");
        foreach (
            (SizeSet? narrower, SizeSet all) in new[]
            {
                (row.Kernel.KeySizes, row.KeySizes),
                (row.Kernel.IvSizes, row.IvSizes),
                (row.Kernel.TagSizes, row.TagSizes),
            }
        )
        {
            (narrower ?? all).Values().Take(300).Should().OnlyContain(size => all.Contains(size), "a rung takes no more than the row");
        }
    }

    [Fact]
    public void Only_skipjack_has_no_software_rung() =>
        CryptoAlgorithm.All.Where(row => row.Libcrypto.Kind == LibcryptoKind.Missing).Should().Equal(CryptoAlgorithm.SkipjackCbc);

    [Theory]
    [InlineData("aes-256-cbc", "aes-cbc", 32)]
    [InlineData("AES-128-GCM", "aes-gcm", 16)]
    [InlineData("id-aes192-CCM", "aes-ccm", 24)]
    [InlineData("aes-256-xts", "aes-xts", 64)]
    [InlineData("des-ede3-cbc", "3des-cbc", 24)]
    [InlineData("cbc(aes)", "aes-cbc", 0)]
    [InlineData("hmac(md5)", "hmac-md5", 0)]
    [InlineData("xcbc(aes)", "aes-xcbc-mac", 0)]
    [InlineData("CRYPTO_SHA2_HMAC", "hmac-sha256", 0)]
    [InlineData("CRYPTO_RIJNDAEL128_CBC", "aes-cbc", 0)]
    [InlineData("rc4", "arc4", 0)]
    [InlineData("bf-cbc", "blowfish-cbc", 0)]
    [InlineData("SHA2-512", "sha512", 0)]
    [InlineData("rmd160", "ripemd160", 0)]
    [InlineData("gcm(aes)", "aes-gcm", 0)]
    public void Foreign_spellings_find_their_row_and_key_length(string spelling, string name, int keyLength)
    {
        CryptoAlgorithm.TryParse(spelling, out CryptoAlgorithm? found, out int implied).Should().BeTrue();
        found!.Name.Should().Be(name);
        implied.Should().Be(keyLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("aes")]
    [InlineData("CRYPTO_")]
    [InlineData("aes-512-cbc")]
    [InlineData("aes--cbc")]
    public void What_is_no_algorithm_is_refused_by_name(string name)
    {
        CryptoAlgorithm.TryParse(name, out CryptoAlgorithm? found, out int implied).Should().BeFalse();
        found.Should().BeNull();
        implied.Should().Be(0);
        Action parse = () => CryptoAlgorithm.Parse(name);
        parse.Should().Throw<ArgumentException>().WithMessage($"'{name}' is not an algorithm*aes-cbc*").WithParameterName("name");
    }

    [Theory]
    [InlineData("aes-cbc", 16, 10)]
    [InlineData("aes-cbc", 32, 14)]
    [InlineData("aes-xts", 64, 14)]
    [InlineData("cast5-cbc", 10, 12)]
    [InlineData("cast5-cbc", 11, 16)]
    [InlineData("camellia-cbc", 24, 24)]
    [InlineData("hmac-sha1", 20, 0)]
    public void Rounds_follow_from_the_key(string name, int keyLength, int rounds) =>
        CryptoAlgorithm.Parse(name).RoundsForKey(keyLength).Should().Be(rounds);

    [Fact]
    public void The_properties_by_name_are_the_rows() =>
        typeof(CryptoAlgorithm)
            .GetProperties()
            .Where(property => property.PropertyType == typeof(CryptoAlgorithm))
            .Select(property => property.GetValue(null))
            .Should()
            .BeEquivalentTo(CryptoAlgorithm.All);

    [Fact]
    public void The_limits_are_what_the_longest_rows_have()
    {
        CryptoAlgorithm.All.Max(row => row.IvSizes.Maximum).Should().Be(AlgorithmLimits.LongestIv);
        CryptoAlgorithm.All.Max(row => Math.Max(row.DigestSize, row.TagSizes.Maximum)).Should().Be(AlgorithmLimits.LongestDigest);
        CryptoAlgorithm.All.Where(IsCipher).Max(row => row.IvSizes.Maximum).Should().Be(AlgorithmLimits.LongestBlock);
        CryptoAlgorithm.All.Where(IsAead).Max(row => row.TagSizes.Maximum).Should().Be(AlgorithmLimits.LongestAeadTag);

        static bool IsCipher(CryptoAlgorithm row) => row.Kind == AlgorithmKind.Cipher;
        static bool IsAead(CryptoAlgorithm row) => row.Kind == AlgorithmKind.Aead;
    }
}
