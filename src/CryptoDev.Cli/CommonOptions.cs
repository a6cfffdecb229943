using System.CommandLine;
using System.Globalization;

namespace CryptoDev.Cli;

/// <summary>Options that more than one command has, defined once.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() =>
        new("--json") { Description = "Print one JSON document instead of tables (names in docs/cli.md)." };

    public static Option<bool> Verbose() =>
        new("--verbose", "-v") { Description = "Say on stderr which driver ran and why others were passed over." };

    public static Option<string> Algorithm(string description) =>
        new("--algorithm", "-a")
        {
            HelpName = "ALG",
            Required = true,
            Description = description,
        };

    public static Option<string?> Bytes(string name, string description) =>
        new(name) { HelpName = Input.ByteSource.Syntax, Description = description };

    public static Option<double> Seconds(double standard, string description) =>
        new("--seconds")
        {
            HelpName = "N",
            Description = description,
            DefaultValueFactory = _ => standard,
        };

    /// <summary>Parses any accepted spelling. Also gives the key length in bytes that the name implies, or 0.</summary>
    public static (CryptoAlgorithm Algorithm, int ImpliedKeyLength) ParseAlgorithm(string name) =>
        CryptoAlgorithm.TryParse(name, out CryptoAlgorithm? algorithm, out int keyLength)
            ? (algorithm, keyLength)
            : throw CliException.Usage($"'{name}' is not an algorithm; 'cryptodev doctor' lists them.");

    /// <summary>Checks the key length that a name such as aes-256-cbc implies.</summary>
    public static void CheckImpliedKeyLength(string name, int implied, int given)
    {
        if (implied != 0 && given != implied)
        {
            throw CliException.Usage($"'{name}' takes a key of {implied} bytes; {given} were given.");
        }
    }

    public static void CheckSeconds(double seconds)
    {
        if (!(seconds > 0) || seconds > 86400)
        {
            throw CliException.Usage(
                $"--seconds takes a number over 0 and up to 86400; {seconds.ToString(CultureInfo.InvariantCulture)} was given."
            );
        }
    }

    /// <summary>Parses a number of bytes, with K, M or G for powers of 1024.</summary>
    public static long ParseSize(string what, string text)
    {
        int shift =
            text.Length == 0
                ? 0
                : char.ToUpperInvariant(text[^1]) switch
                {
                    'K' => 10,
                    'M' => 20,
                    'G' => 30,
                    _ => 0,
                };
        return
            long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= long.MaxValue >> shift
            ? number << shift
            : throw CliException.Usage($"{what} takes a number of bytes, such as 64, 16K or 1M; '{text}' was given.");
    }
}
