using System.Globalization;

namespace CryptoDev;

/// <summary>The lengths, in bytes, that an algorithm accepts for a key, an IV or a tag. Immutable; safe from any thread.</summary>
public sealed class SizeSet
{
    private readonly (int Minimum, int Maximum, int Step)[] _ranges;

    private SizeSet(int defaultSize, params (int Minimum, int Maximum, int Step)[] ranges)
    {
        _ranges = ranges;
        Default = defaultSize;
    }

    /// <summary>The length that is used when the caller gives none.</summary>
    public int Default { get; }

    /// <summary>The smallest length accepted.</summary>
    public int Minimum => _ranges[0].Minimum;

    /// <summary>The largest length accepted.</summary>
    public int Maximum => _ranges[^1].Maximum;

    internal static SizeSet None { get; } = Exactly(0);

    /// <summary>Whether <paramref name="length"/> bytes are accepted.</summary>
    public bool Contains(int length)
    {
        foreach ((int minimum, int maximum, int step) in _ranges)
        {
            if (length >= minimum && length <= maximum && (length - minimum) % step == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every accepted length, ascending.</summary>
    public IEnumerable<int> Values()
    {
        foreach ((int minimum, int maximum, int step) in _ranges)
        {
            for (int value = minimum; value <= maximum; value += step)
            {
                yield return value;
            }
        }
    }

    /// <summary>The set in words, as error messages show it: <c>16, 24 or 32</c>, or <c>4 to 56</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        foreach ((int minimum, int maximum, int step) in _ranges)
        {
            if (step > 1 && (maximum - minimum) / step < 8)
            {
                for (int value = minimum; value <= maximum; value += step)
                {
                    parts.Add(value.ToString(CultureInfo.InvariantCulture));
                }
            }
            else
            {
                parts.Add(minimum == maximum ? $"{minimum}" : $"{minimum} to {maximum}");
            }
        }

        return parts.Count == 1 ? parts[0] : string.Join(", ", parts[..^1]) + " or " + parts[^1];
    }

    internal static SizeSet Exactly(int size) => new(size, (size, size, 1));

    internal static SizeSet Of(int defaultSize, params int[] ascending) => new(defaultSize, [.. ascending.Select(size => (size, size, 1))]);

    internal static SizeSet Range(int defaultSize, int minimum, int maximum, int step = 1) => new(defaultSize, (minimum, maximum, step));

    internal static SizeSet Ranges(int defaultSize, params (int Minimum, int Maximum, int Step)[] ascending) => new(defaultSize, ascending);
}
