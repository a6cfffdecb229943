using System.CommandLine;

namespace CryptoDev.Cli;

/// <summary>
/// A word that begins with '-' is an option unless it stands after <c>--</c>. The parser takes an unknown one for a file or for the
/// value of the option before it; here it is found and a near option named.
/// </summary>
internal static class OptionWords
{
    private const int MostDifferences = 2;

    /// <summary>The sentence about the first such word that is no option of the command, or null.</summary>
    public static string? Wrong(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        List<Option> options = [.. ParseErrorText.Chain(parsed).SelectMany(result => result.Command.Options)];
        List<string> names = [.. options.SelectMany(option => option.Aliases.Prepend(option.Name))];
        string before = string.Empty;
        foreach (string word in arguments.TakeWhile(word => word != "--"))
        {
            string name = word.Split('=', ':')[0];
            if (word.Length > 1 && word[0] == '-' && !names.Contains(name) && !IsCluster(word, options))
            {
                string command = string.Join(' ', ParseErrorText.Names(parsed).Prepend("cryptodev"));
                string cure = names.Contains(before) ? $"A value of {before} stands after '{before}='." : "A file stands after '--'.";
                return $"'{ParseErrorText.Shown(name)}' is not an option of '{command}'.{Nearest(name, names)} {cure}";
            }

            before = word;
        }

        return null;
    }

    /// <summary>" Did you mean ...?" with the nearest of the words, or nothing if none is near.</summary>
    public static string Nearest(string word, IEnumerable<string> words) =>
        words
            .Select(known => (Known: known, Distance: Distance(word, known)))
            .Where(one => one.Distance <= Math.Min(MostDifferences, one.Known.Length / 3))
            .OrderBy(one => one.Distance)
            .Select(one => $" Did you mean '{one.Known}'?")
            .FirstOrDefault(string.Empty);

    /// <summary>Short options in one word, such as -vc, the last one perhaps with its value, such as -asha256.</summary>
    private static bool IsCluster(string word, List<Option> options)
    {
        if (word[1] == '-')
        {
            return false;
        }

        foreach (char letter in word.AsSpan(1))
        {
            if (options.Find(option => option.Aliases.Contains($"-{letter}")) is not { } known)
            {
                return false;
            }

            if (known.ValueType != typeof(bool))
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>How many letters are other, missing, too many or exchanged with their neighbour.</summary>
    private static int Distance(string one, string other)
    {
        int[,] table = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
        {
            for (int j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                int same = one[i - 1] == other[j - 1] ? 0 : 1;
                table[i, j] = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[one.Length, other.Length];
    }
}
