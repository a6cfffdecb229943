using System.Security.Cryptography;

namespace CryptoDev.Cli.Check;

/// <summary>The sizes for one trial session.</summary>
internal readonly record struct SubjectSizes(int Key, int Iv, int Tag, int MacKey);

/// <summary>The subject of a check: one algorithm, or a cipher and a MAC in one order.</summary>
internal sealed record CheckSubject(CryptoAlgorithm Algorithm, CryptoAlgorithm? Mac = null, MacOrder Order = MacOrder.MacPlaintext)
{
    /// <summary>The longest random key. Longer MAC keys take time and find no more errors.</summary>
    private const int LongestRandomKey = 300;

    /// <summary>The cipher+MAC pairs that are checked, in both orders. The hash name lets .NET compute the expected tag.</summary>
    private static readonly (CryptoAlgorithm Cipher, CryptoAlgorithm Mac, HashAlgorithmName Hash)[] s_combinations =
    [
        (CryptoAlgorithm.AesCbc, CryptoAlgorithm.HmacSha1, HashAlgorithmName.SHA1),
        (CryptoAlgorithm.AesCbc, CryptoAlgorithm.HmacSha256, HashAlgorithmName.SHA256),
        (CryptoAlgorithm.AesCtr, CryptoAlgorithm.HmacSha512, HashAlgorithmName.SHA512),
        (CryptoAlgorithm.TripleDesCbc, CryptoAlgorithm.HmacMd5, HashAlgorithmName.MD5),
    ];

    public static IReadOnlyList<CheckSubject> Combinations { get; } =
    [
        .. s_combinations.SelectMany(pair =>
            new[]
            {
                new CheckSubject(pair.Cipher, pair.Mac, MacOrder.MacPlaintext),
                new CheckSubject(pair.Cipher, pair.Mac, MacOrder.MacCiphertext),
            }
        ),
    ];

    public string Name =>
        Mac is null ? Algorithm.Name : $"{Algorithm}+{Mac} {(Order == MacOrder.MacPlaintext ? "mac-plaintext" : "mac-ciphertext")}";

    /// <summary>Whether messages carry a tag that decryption verifies.</summary>
    public bool Authenticates => Mac is not null || Algorithm.Kind == AlgorithmKind.Aead;

    /// <summary>Whether a message may come in pieces. This excludes XTS, GMAC, algorithms with a tag, and compression.</summary>
    public bool HasRunningState =>
        Mac is null
        && Algorithm.MinimumMessageLength == 0
        && (
            Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Digest
            || (Algorithm.Kind == AlgorithmKind.Mac && Algorithm.IvSizes.Maximum == 0)
        );

    public HashAlgorithmName Hash => s_combinations.First(pair => pair.Mac == Mac).Hash;

    public SubjectSizes DefaultSizes =>
        new(Algorithm.KeySizes.Default, Algorithm.IvSizes.Default, Algorithm.TagSizes.Default, Mac?.KeySizes.Default ?? 0);

    /// <summary>Random sizes that the algorithm table allows.</summary>
    public SubjectSizes RandomSizes(Random random) =>
        new(
            Pick(Algorithm.KeySizes, random),
            Pick(Algorithm.IvSizes, random),
            Pick(Algorithm.TagSizes, random),
            Mac is null ? 0 : Pick(Mac.KeySizes, random)
        );

    /// <summary>Parameters for these sizes and key bytes.</summary>
    public SessionParameters Parameters(SubjectSizes sizes, SessionKey? key, SessionKey? macKey) =>
        (Mac, Algorithm.Kind) switch
        {
            ({ } mac, _) => SessionParameters.CipherAndMac(new CryptoTransform(Algorithm, key), new CryptoTransform(mac, macKey), Order),
            (_, AlgorithmKind.Cipher) => SessionParameters.Cipher(Algorithm, key),
            (_, AlgorithmKind.Aead) => SessionParameters.Aead(Algorithm, key!, sizes.Tag, sizes.Iv),
            (_, AlgorithmKind.Digest) => SessionParameters.Digest(Algorithm),
            (_, AlgorithmKind.Mac) => SessionParameters.KeyedDigest(Algorithm, key, sizes.Tag, sizes.Iv),
            _ => SessionParameters.Compression(Algorithm),
        };

    private static int Pick(SizeSet sizes, Random random)
    {
        if (random.Next(2) == 0)
        {
            return sizes.Default;
        }

        while (true)
        {
            int size = random.Next(4) switch
            {
                0 => sizes.Minimum,
                1 => Math.Min(sizes.Maximum, LongestRandomKey),
                _ => random.Next(sizes.Minimum, Math.Min(sizes.Maximum, LongestRandomKey) + 1),
            };
            if (sizes.Contains(size))
            {
                return size;
            }
        }
    }
}
