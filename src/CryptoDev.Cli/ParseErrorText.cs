using System.CommandLine;

namespace CryptoDev.Cli;

/// <summary>The first parse error as a sentence that shows no key, even one typed in the wrong place.</summary>
internal static class ParseErrorText
{
    /// <summary>So many hex digits in a row are taken for key material.</summary>
    private const int KeyLikeDigits = 8;

    public static string Of(ParseResult parsed)
    {
        // An unknown word also makes the parser miss a command; the word is what helps.
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
