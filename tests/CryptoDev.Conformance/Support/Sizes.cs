namespace CryptoDev.Conformance.Support;

/// <summary>Which lengths to try: all where there are few, the telling ones where there are many.</summary>
internal static class Sizes
{
    private const int SweepEnd = 257;

    private static readonly int[] s_telling = [1, 2, 15, 16, 17, 20, 31, 32, 33, 63, 64, 65, 127, 128, 129, 131, 255, 256, 257, 1024, 4096];

    /// <summary>0 to 257, as far as the algorithm takes them; for a member on an emulated processor those around blocks.</summary>
    public static IEnumerable<int> Sweep(string driver, CryptoAlgorithm algorithm) =>
        Enumerable
            .Range(0, SweepEnd + 1)
            .Where(length => Fits(algorithm, length))
            .Where(length => !Targets.IsEmulated || !Targets.IsMember(driver) || length < 20 || length % 16 == 0 || (length + 2) % 64 < 4);

    public static bool Fits(CryptoAlgorithm algorithm, int length) =>
        length >= algorithm.MinimumMessageLength && length % algorithm.BlockSize == 0;

    /// <summary>The nearest length at or below that the algorithm takes.</summary>
    public static int Fitted(CryptoAlgorithm algorithm, int length) =>
        Math.Max(length - (length % algorithm.BlockSize), algorithm.MinimumMessageLength);

    public static IReadOnlyList<int> Keys(string driver, CryptoAlgorithm algorithm) =>
        [
            .. Telling(Facts(driver, algorithm, kernel => kernel.KeySizes, algorithm.KeySizes))
                .Where(size => Serves(driver, algorithm, keyLength: size)),
        ];

    public static IReadOnlyList<int> Ivs(string driver, CryptoAlgorithm algorithm) =>
        [
            .. Telling(Facts(driver, algorithm, kernel => kernel.IvSizes, algorithm.IvSizes))
                .Where(size => Serves(driver, algorithm, ivLength: size)),
        ];

    public static IReadOnlyList<int> Tags(string driver, CryptoAlgorithm algorithm) =>
        [
            .. Telling(Facts(driver, algorithm, kernel => kernel.TagSizes, algorithm.TagSizes))
                .Where(size => Serves(driver, algorithm, tagLength: size)),
        ];

    /// <summary>
    /// Whether these sizes are among those of the dialect that a device speaks, which are for its own tests; the default sizes always are.
    /// </summary>
    public static bool Serves(string driver, CryptoAlgorithm algorithm, int? keyLength = null, int tagLength = 0, int ivLength = 0)
    {
        if (driver.Split(':')[0] != Targets.DevCrypto)
        {
            return true;
        }

        try
        {
            byte[] key = [.. Enumerable.Range(0, keyLength ?? algorithm.KeySizes.Default).Select(i => (byte)i)];
            Subject.OpenWithKey(driver, algorithm, key, tagLength, ivLength).Dispose();
            return true;
        }
        catch (CryptoDevException)
        {
            return false;
        }
    }

    /// <summary>Lengths next to the algorithm's that it does not take.</summary>
    public static IReadOnlyList<int> Wrong(SizeSet sizes) =>
        [
            .. new[] { 0, sizes.Minimum - 1, sizes.Minimum + 1, sizes.Default + 1, sizes.Maximum + 1 }
                .Where(size => size >= 0 && !sizes.Contains(size))
                .Distinct(),
        ];

    private static SizeSet Facts(string driver, CryptoAlgorithm algorithm, Func<Framework.KernelRung, SizeSet?> narrower, SizeSet all) =>
        driver.Split(':')[0] == "af_alg" ? narrower(algorithm.Kernel) ?? all : all;

    private static IReadOnlyList<int> Telling(SizeSet sizes)
    {
        int[] ends = [sizes.Minimum, sizes.Default, sizes.Maximum];
        return sizes.Maximum <= 64
            ? [.. sizes.Values()]
            : [.. s_telling.Where(sizes.Contains).Concat(ends.Where(sizes.Contains)).Distinct().Order()];
    }
}
