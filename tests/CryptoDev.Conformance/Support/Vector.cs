using System.Globalization;
using System.Text;

namespace CryptoDev.Conformance.Support;

/// <summary>One record of a file of tests/vectors; the format stands in its README.</summary>
internal sealed record Vector
{
    public required string Source { get; init; }

    public byte[] Key { get; private init; } = [];

    public byte[] Iv { get; private init; } = [];

    public byte[] AssociatedData { get; private init; } = [];

    /// <summary>Plaintext or message.</summary>
    public byte[] Plaintext { get; private init; } = [];

    public byte[] Ciphertext { get; private init; } = [];

    public byte[] Tag { get; private init; } = [];

    public static IReadOnlyList<string> Files { get; } =
    [
        .. typeof(Vector)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("vectors/", StringComparison.Ordinal))
            .Select(name => name["vectors/".Length..]),
    ];

    public static IReadOnlyList<Vector> Read(string algorithm)
    {
        using Stream stream =
            typeof(Vector).Assembly.GetManifestResourceStream($"vectors/{algorithm}")
            ?? throw new FileNotFoundException($"tests/vectors has no file for {algorithm}.");
        using StreamReader reader = new(stream);
        List<Vector> vectors = [];
        Vector? current = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0] == "source")
            {
                if (current is not null)
                {
                    vectors.Add(current);
                }

                current = new Vector { Source = parts[1] };
            }
            else if (parts.Length == 2)
            {
                current = With(
                    current ?? throw new InvalidDataException($"{algorithm}: a value before the first source."),
                    parts[0],
                    Value(parts[1])
                );
            }
        }

        if (current is not null)
        {
            vectors.Add(current);
        }

        return vectors;
    }

    private static Vector With(Vector vector, string field, byte[] value) =>
        field switch
        {
            "key" => vector with { Key = value },
            "iv" => vector with { Iv = value },
            "aad" => vector with { AssociatedData = value },
            "plaintext" or "message" => vector with { Plaintext = value },
            "ciphertext" => vector with { Ciphertext = value },
            "tag" => vector with { Tag = value },
            _ => throw new InvalidDataException($"'{field}' is not a field of a vector."),
        };

    private static byte[] Value(string text)
    {
        List<byte> bytes = [];
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] == ' ')
            {
                at++;
            }
            else if (text[at] is '"' or '(')
            {
                int end = text[at] == '"' ? text.IndexOf('"', at + 1) : text.IndexOf(')', at);
                byte[] inner = text[at] == '"' ? Encoding.UTF8.GetBytes(text[(at + 1)..end]) : Value(text[(at + 1)..end]);
                at = end + 1;
                Repeat(bytes, inner, Count(text, ref at));
            }
            else
            {
                int end = at;
                while (end < text.Length && char.IsAsciiHexDigit(text[end]))
                {
                    end++;
                }

                byte[] digits = Convert.FromHexString(text[at..end]);
                at = end;
                if (at + 4 <= text.Length && text[at] == '.' && text[at + 1] == '.')
                {
                    byte last = Convert.FromHexString(text.AsSpan(at + 2, 2))[0];
                    for (int value = digits[0]; value <= last; value++)
                    {
                        bytes.Add((byte)value);
                    }

                    at += 4;
                }
                else
                {
                    Repeat(bytes, digits, Count(text, ref at));
                }
            }
        }

        return [.. bytes];
    }

    private static void Repeat(List<byte> bytes, byte[] what, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bytes.AddRange(what);
        }
    }

    private static int Count(string text, ref int at)
    {
        if (at >= text.Length || text[at] != '*')
        {
            return 1;
        }

        int start = ++at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return int.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture);
    }
}
