namespace CryptoDev.Conformance.Support;

/// <summary>Lengths next to what a session takes, and where kernels cut: 64 KiB, 1 MiB.</summary>
internal static class Limits
{
    /// <summary>Beyond this a limit is only refused on paper: nobody allocates two gigabytes to see it.</summary>
    private const long Testable = 1 << 25;

    private static readonly int[] s_near = [65535, 65536, 65537, 131072, 212992];

    /// <summary>One across a request to a device, one across any request AF_ALG takes by default.</summary>
    private static readonly int[] s_nearEmulated = [65537, 212993];

    public static IEnumerable<int> Around(Subject subject)
    {
        CryptoAlgorithm algorithm = subject.Algorithm;
        long limit = subject.Session.MaxMessageLength;
        HashSet<int> lengths = [.. (Targets.IsEmulated ? s_nearEmulated : s_near).Select(length => Sizes.Fitted(algorithm, length))];
        if (!Targets.IsEmulated)
        {
            lengths.Add(Sizes.Fitted(algorithm, 1 << 20));
            lengths.Add(Sizes.Fitted(algorithm, (1 << 20) + algorithm.BlockSize));
        }

        if (limit <= (Targets.IsEmulated ? 1 << 18 : Testable))
        {
            int most = Sizes.Fitted(algorithm, (int)limit);
            lengths.Add(most);
            lengths.Add(Math.Max(most - algorithm.BlockSize, algorithm.MinimumMessageLength));
            lengths.Add((int)limit + 1);
            lengths.Add((int)limit + 16);
        }

        return lengths.Order();
    }
}
