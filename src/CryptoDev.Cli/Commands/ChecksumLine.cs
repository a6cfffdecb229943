using System.Text;

namespace CryptoDev.Cli.Commands;

/// <summary>The lines of sha256sum. Writes them exactly as sha256sum does, and reads every form that it reads.</summary>
internal sealed record ChecksumLine(byte[] Digest, string FileName)
{
    /// <summary>
    /// Digest, two spaces, name. A name with a backslash or a line end is escaped, and a leading backslash marks such a line.
    /// </summary>
    public override string ToString()
    {
        string escaped = Escape(FileName);
        return $"{(ReferenceEquals(escaped, FileName) ? string.Empty : "\\")}{Convert.ToHexStringLower(Digest)}  {escaped}";
    }

    /// <summary>
    /// The name as <c>sha256sum -c</c> shows it before its verdict. It is escaped only if a line end would break the line.
    /// </summary>
    public static string NameForVerdict(string name) => name.Contains('\n', StringComparison.Ordinal) ? "\\" + Escape(name) : name;

    /// <summary>Parses a line. Null if it is not a line for a digest of this algorithm and length.</summary>
    public static ChecksumLine? Parse(string line, CryptoAlgorithm algorithm, int digestLength)
    {
        ReadOnlySpan<char> rest = line.AsSpan();

        // A list may come from a system whose lines end with CR LF. A name that ends with a CR is escaped.
        rest = (rest.EndsWith('\r') ? rest[..^1] : rest).TrimStart(" \t");
        bool escaped = rest.StartsWith('\\');
        rest = escaped ? rest[1..] : rest;
        return ParseTagged(rest, algorithm, digestLength, escaped) ?? ParsePlain(rest, digestLength, escaped);
    }

    /// <summary><c>HEX  NAME</c>, <c>HEX *NAME</c>, and the old BSD form with one space.</summary>
    private static ChecksumLine? ParsePlain(ReadOnlySpan<char> text, int digestLength, bool escaped)
    {
        int digits = 2 * digestLength;
        if (text.Length < digits + 2 || text[digits] is not (' ' or '\t') || Hex(text[..digits]) is not { } digest)
        {
            return null;
        }

        ReadOnlySpan<char> name = text[(digits + 1)..];
        name = name[0] is ' ' or '*' && name.Length > 1 ? name[1..] : name;
        return Named(digest, name, escaped);
    }

    /// <summary><c>SHA256 (NAME) = HEX</c> of BSD and <c>SHA256(NAME)= HEX</c> of OpenSSL.</summary>
    private static ChecksumLine? ParseTagged(ReadOnlySpan<char> text, CryptoAlgorithm algorithm, int digestLength, bool escaped)
    {
        int open = text.IndexOf('(');
        int close = text.LastIndexOf(')');
        if (
            open <= 0
            || close < open
            || !CryptoAlgorithm.TryParse(text[..open].Trim().ToString(), out CryptoAlgorithm? named, out _)
            || named != algorithm
        )
        {
            return null;
        }

        ReadOnlySpan<char> after = text[(close + 1)..].TrimStart(" \t");
        if (!after.StartsWith('='))
        {
            return null;
        }

        ReadOnlySpan<char> digits = after[1..].Trim(" \t");
        return digits.Length == 2 * digestLength && Hex(digits) is { } digest ? Named(digest, text[(open + 1)..close], escaped) : null;
    }

    private static ChecksumLine? Named(byte[] digest, ReadOnlySpan<char> name, bool escaped)
    {
        string? plain = escaped ? Unescape(name) : name.ToString();
        return plain is null or "" ? null : new ChecksumLine(digest, plain);
    }

    private static byte[]? Hex(ReadOnlySpan<char> digits)
    {
        byte[] bytes = new byte[digits.Length / 2];
        return
            Convert.FromHexString(digits, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length
            ? bytes
            : null;
    }

    private static string Escape(string name) =>
        name.AsSpan().ContainsAny('\\', '\n', '\r')
            ? name.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
                .Replace("\r", "\\r", StringComparison.Ordinal)
            : name;

    private static string? Unescape(ReadOnlySpan<char> name)
    {
        StringBuilder plain = new(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '\\')
            {
                plain.Append(name[i]);
                continue;
            }

            char? meant =
                ++i == name.Length
                    ? null
                    : name[i] switch
                    {
                        '\\' => '\\',
                        'n' => '\n',
                        'r' => '\r',
                        _ => null,
                    };
            if (meant is null)
            {
                return null;
            }

            plain.Append(meant);
        }

        return plain.ToString();
    }
}
