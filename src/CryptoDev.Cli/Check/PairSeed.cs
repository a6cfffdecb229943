namespace CryptoDev.Cli.Check;

/// <summary>
/// The seed of one pair's random work: from the run's seed and the pair's names alone, so that it does not depend on which other pairs
/// there are.
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
