namespace CryptoDev.Dialects;

/// <summary>The ids of one release of a dialect, found by id or by algorithm.</summary>
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
    /// Finds the row with this id, one of the roles and this key length. Several rows have the same id when the key length chooses the
    /// algorithm.
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

    /// <summary>Finds the row through which the framework can ask the kernel for an algorithm.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="keyLength">The length of its key in bytes.</param>
    /// <param name="tagLength">The length of the tag in bytes.</param>
    /// <param name="row">The row, or null.</param>
    /// <param name="reason">Why there is none, in the words of an error message.</param>
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

            if (candidate.IsUnusable)
            {
                reason = $"this release opens sessions with {candidate.Name} and a key of this length, and refuses their operations";
            }
            else if (!candidate.IsFullyGeneral)
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
