using System.CommandLine;

namespace CryptoDev.Cli;

/// <summary>Turns the first parse error into a sentence that never shows a key, even one typed in the wrong place.</summary>
internal static class ParseErrorText
{
    /// <summary>That many hex digits in a row are treated as key material.</summary>
    private const int KeyLikeDigits = 8;

    public static string Of(ParseResult parsed)
    {
        // An unknown word also makes the parser report a missing command. Naming the word helps the user more.
        string sentence = parsed.UnmatchedTokens is [{ } first, ..]
            ? $"'{first}' is not a command, option or argument here."
            : parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd();
        foreach (string token in parsed.Tokens.Select(token => token.Value).Concat(parsed.UnmatchedTokens).Where(LooksLikeKey))
        {
            sentence = sentence.Replace(token, "(hex digits, not shown)", StringComparison.Ordinal);
        }

        return sentence.EndsWith('.') ? sentence : sentence + ".";
    }

    private static bool LooksLikeKey(string token) => token.Length >= KeyLikeDigits && token.All(char.IsAsciiHexDigit);
}
