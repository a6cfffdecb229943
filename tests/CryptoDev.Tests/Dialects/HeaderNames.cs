using System.Globalization;
using CryptoDev.Tests.Abi;

namespace CryptoDev.Tests.Dialects;

/// <summary>The list of what a dialect's header gives to programs: native/cryptodev-shim/tests/names, a list of facts of our own.</summary>
internal sealed class HeaderNames
{
    private static readonly string[] s_kinds = ["struct", "enum", "type"];

    private readonly List<(string Kind, string Name, string[] Values)> _rows = [];

    public HeaderNames(string dialect)
    {
        string path = Path.Combine(AbiWitness.FindRepositoryRoot(), "native", "cryptodev-shim", "tests", "names", dialect + ".txt");
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] words = line.Split(' ');
            _rows.Add(s_kinds.Contains(words[0]) ? (words[0], words[1], words[2..]) : ("number", words[0], words[1..]));
        }
    }

    /// <summary>How many names there are: a macro with an argument is one, whatever it is asked.</summary>
    public int Count => _rows.Select(row => (row.Kind, row.Name.Split('(')[0])).Distinct().Count();

    public IEnumerable<string> Numbers => Of("number").Select(name => name.Split('(')[0]);

    public IEnumerable<string> Structs => Of("struct");

    /// <summary>Assertions of every value, and a declaration with every type; C11 or C++11.</summary>
    /// <param name="bits">64 or 32.</param>
    /// <param name="release">Of FreeBSD, or empty.</param>
    public IEnumerable<string> Assertions(int bits, string release)
    {
        foreach ((string kind, string name, string[] values) in _rows)
        {
            string type = kind == "type" ? name : $"{kind} {name}";
            if (kind == "number")
            {
                yield return Assert($"({name})", Chosen(values, bits, release), name);
            }
            else if (values.Length > 0)
            {
                yield return Assert($"sizeof({type})", Chosen(values, bits, release), name);
            }
            else
            {
                yield return $"extern {type} *known_{name};";
            }
        }
    }

    private static string Assert(string expression, long value, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"ASSERT((unsigned long){expression} == {value}ul, \"{what}\");");

    /// <summary>The first value, unless one that fits better follows: for the word size, the release, or both.</summary>
    private static long Chosen(string[] values, int bits, string release)
    {
        string word = bits == 32 ? "ilp32" : "lp64";
        string[] best = [$"{word},{release}=", $"{release}=", $"{word}="];
        string text =
            best.Select(key => values.FirstOrDefault(value => value.StartsWith(key, StringComparison.Ordinal))?[key.Length..])
                .FirstOrDefault(value => value is not null)
            ?? values[0];
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : long.Parse(text, CultureInfo.InvariantCulture);
    }

    private IEnumerable<string> Of(string kind) => _rows.Where(row => row.Kind == kind).Select(row => row.Name);
}
