using System.CommandLine;
using System.CommandLine.Parsing;
using CryptoDev.Cli.Names;

namespace CryptoDev.Cli;

/// <summary>Turns the first parse error into a sentence that never shows a key, even one typed in the wrong place.</summary>
internal static class ParseErrorText
{
    /// <summary>That many hex digits in a row are treated as key material.</summary>
    private const int KeyLikeDigits = 8;

    private const string NotShown = "(hex digits, not shown)";

    public static string Of(ParseResult parsed)
    {
        // An unknown word also makes the parser report a missing command. Naming the word helps the user more.
        string sentence = parsed.UnmatchedTokens is [{ } first, ..]
            ? $"'{first}' is not a command, option or argument here.{OptionWords.Nearest(first, CommandNames(parsed))}"
            : parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd();
        foreach (string token in parsed.Tokens.Select(token => token.Value).Concat(parsed.UnmatchedTokens).Where(LooksLikeKey))
        {
            sentence = sentence.Replace(token, NotShown, StringComparison.Ordinal);
        }

        return sentence.EndsWith('.') || sentence.EndsWith('?') ? sentence : sentence + ".";
    }

    /// <summary>The word for a message, or what stands for it if it may be a key.</summary>
    public static string Shown(string word) => LooksLikeKey(word) ? NotShown : Quoted.Name(word);

    /// <summary>The names of the command and of those above it, in the order in which they are typed.</summary>
    public static IEnumerable<string> Names(ParseResult parsed) =>
        Chain(parsed)
            .Select(result => result.Command)
            .Where(command => command is not RootCommand)
            .Select(command => command.Name)
            .Reverse();

    /// <summary>The command and those above it.</summary>
    public static IEnumerable<CommandResult> Chain(ParseResult parsed)
    {
        for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
        {
            if (result is CommandResult command)
            {
                yield return command;
            }
        }
    }

    private static IEnumerable<string> CommandNames(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Select(command => command.Name);

    /// <summary>Also with colons between the bytes, or with a dash in front.</summary>
    private static bool LooksLikeKey(string token) =>
        token.Length >= KeyLikeDigits && token.All(character => char.IsAsciiHexDigit(character) || character is ':' or '-');
}
