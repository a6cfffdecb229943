using System.Globalization;
using System.Text;

namespace CryptoDev.Cli.Names;

/// <summary>
/// Names in messages as GNU's tools show them: plain where a shell would take the word as it is, otherwise in the form that can be pasted
/// into a shell, <c>'a b'</c> or <c>'a'$'\377''b'</c>. So a name cannot break a line or upset a terminal.
/// </summary>
internal static class Quoted
{
    private const string Plain = "%+,-./@_]^~#{}";

    public static string Name(string name)
    {
        if (name.Length > 0 && name[0] is not ('~' or '#') && name is not ("{" or "}") && name.All(IsPlain))
        {
            return name;
        }

        StringBuilder text = new("'");
        bool escaping = false;
        for (int i = 0; i < name.Length; i++)
        {
            char character = name[i];
            bool isPair = char.IsHighSurrogate(character) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]);
            if (isPair || IsPrintable(character))
            {
                // The quotes around what was escaped close and open again.
                text.Append(escaping ? "''" : string.Empty).Append(character == '\'' ? "'\\''" : character.ToString());
                escaping = false;
                if (isPair)
                {
                    text.Append(name[++i]);
                }

                continue;
            }

            text.Append(escaping ? string.Empty : "'$'").Append(Escape(name, i));
            escaping = true;
        }

        return text.Append('\'').ToString();
    }

    /// <summary>A name that is "standard input" for '-'.</summary>
    public static string Input(string? name) => name is null or "-" ? "standard input" : Name(name);

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character)
        || Plain.Contains(character, StringComparison.Ordinal)
        || (character > '\u007f' && IsPrintable(character));

    private static bool IsPrintable(char character) =>
        char.GetUnicodeCategory(character)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.OtherNotAssigned
            );

    private static string Escape(string name, int index) =>
        name[index] switch
        {
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\v' => "\\v",
            { } character when ByteText.IsEscape(name, index) => Octal(ByteText.ByteOf(character)),
            { } character => string.Concat(ByteText.ToBytes([character]).Select(Octal)),
        };

    private static string Octal(byte value) => $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}";
}
