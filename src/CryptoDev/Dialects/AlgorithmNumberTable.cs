namespace CryptoDev.Dialects;

/// <summary>The ids of one form of a dialect, looked up both ways.</summary>
internal sealed class AlgorithmNumberTable
{
    private readonly ILookup<uint, AlgorithmNumber> _byId;

    public AlgorithmNumberTable(params IReadOnlyList<AlgorithmNumber> rows)
    {
        Rows = rows;
        _byId = rows.ToLookup(row => row.Id);
    }

    public IReadOnlyList<AlgorithmNumber> Rows { get; }

    /// <summary>
    /// The row of an id of the given roles that takes the key length; several rows share an id where the key length chooses the algorithm.
    /// </summary>
    public AlgorithmNumber? Find(uint id, long keyLength, params ReadOnlySpan<NumberRole> roles)
    {
        foreach (AlgorithmNumber row in _byId[id])
        {
            if (roles.Contains(row.Role) && keyLength is >= 0 and <= int.MaxValue && row.KeySizes.Contains((int)keyLength))
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>The row through which the framework can ask the kernel for an algorithm, or why there is none.</summary>
    /// <param name="algorithm">What is wanted.</param>
    /// <param name="keyLength">Bytes of its key; null where only the kernel knows.</param>
    /// <param name="tagLength">Bytes of the tag wanted.</param>
    /// <param name="row">The row found.</param>
    /// <param name="reason">Why there is none, as an error message shows it.</param>
    public bool TryFind(
        CryptoAlgorithm algorithm,
        int keyLength,
        int tagLength,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AlgorithmNumber? row,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? reason
    )
    {
        row = null;
        reason = $"this dialect has no id for {algorithm} that its session call takes";
        foreach (AlgorithmNumber candidate in Rows)
        {
            if (candidate.Algorithm != algorithm)
            {
                continue;
            }

            if (!candidate.IsFullyGeneral)
            {
                reason = $"{candidate.Name} keeps part of the IV in the key or fixes it, so it cannot take the IVs of {algorithm}";
            }
            else if (!candidate.KeySizes.Contains(keyLength))
            {
                reason = $"{candidate.Name} takes a key of {candidate.KeySizes} bytes; {keyLength} were given";
            }
            else if (tagLength > candidate.TagSize)
            {
                reason = $"{candidate.Name} gives a tag of {candidate.TagSize} bytes; {tagLength} are wanted";
            }
            else
            {
                row = candidate;
                reason = null;
                return true;
            }
        }

        return false;
    }
}
