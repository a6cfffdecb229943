namespace CryptoDev.Conformance.Support;

/// <summary>Lengths next to what a session takes, and where kernels cut: 64 KiB, 1 MiB.</summary>
internal static class Limits
{
    /// <summary>Beyond this a limit is only refused on paper: nobody allocates two gigabytes to see it.</summary>
    private const long Testable = 1 << 25;

    private static readonly int[] s_near = [65535, 65536, 65537, 131072, 212992];

    public static IEnumerable<int> Around(Subject subject)
    {
        CryptoAlgorithm algorithm = subject.Algorithm;
        long limit = subject.Session.MaxMessageLength;
        HashSet<int> lengths = [.. s_near.Select(length => Sizes.Fitted(algorithm, length))];
        if (!Targets.IsMember(subject.Driver))
        {
            lengths.Add(Sizes.Fitted(algorithm, 1 << 20));
            lengths.Add(Sizes.Fitted(algorithm, (1 << 20) + algorithm.BlockSize));
        }

        if (limit <= Testable)
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
