namespace CryptoDev.Cli.Check;

/// <summary>
/// The seed for the random trials of one pair. It depends only on the run's seed and the pair's names, and not on the other pairs of the
/// run.
/// </summary>
internal static class PairSeed
{
    /// <summary>FNV-1a over the names.</summary>
    public static int Of(ulong seed, string names)
    {
        ulong hash = 14695981039346656037 ^ seed;
        foreach (char character in names)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return (int)(hash ^ (hash >> 32));
    }
}
