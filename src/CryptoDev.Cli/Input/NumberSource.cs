using System.Globalization;
using System.Numerics;

namespace CryptoDev.Cli.Input;

/// <summary>
/// A large number given on the command line: hex digits after 0x, decimal digits, or the bytes of a file after '@', most significant first.
/// Messages never show the given value, because it may be a key.
/// </summary>
internal static class NumberSource
{
    public const string Syntax = "0xHEX|DECIMAL|@FILE";

    /// <summary>The number of decimal digits in the largest number that a key operation takes.</summary>
    private const int LongestDecimal = 4933;

    /// <summary>The number's bytes, most significant first.</summary>
    public static byte[] Read(string option, string text, CancellationToken stop)
    {
        if (text.StartsWith('@'))
        {
            return ByteSource.Read(option, text, stop);
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return text.Length > 2
                ? ByteSource.Read(option, text.Length % 2 == 0 ? text : $"0{text[2..]}", stop)
                : throw CliException.Usage($"{option} was given '0x' without digits.");
        }

        if (text.Length == 0 || !text.All(char.IsAsciiDigit))
        {
            throw CliException.Usage($"{option} takes hex digits after 0x, decimal digits, or @FILE; something else was given.");
        }

        // The time of BigInteger's parser grows faster than the number of digits.
        return text.TrimStart('0').Length <= LongestDecimal
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true)
            : throw CliException.Usage(
                $"{option} takes numbers of at most {LongestDecimal} decimal digits ({KeyOp.MaxOperandBits} bits); "
                    + $"{text.TrimStart('0').Length} were given."
            );
    }
}
