using System.Security.Cryptography;

namespace CryptoDev.Cli.Input;

/// <summary>
/// Bytes given on the command line: hex digits, or the content of a file after '@'. Messages never show the given value, because it may be
/// a key.
/// </summary>
internal static class ByteSource
{
    public const string Syntax = "HEX|@FILE";

    /// <summary>No algorithm takes a longer key or IV. Associated data have the same limit, so that '@/dev/zero' ends.</summary>
    private const int Longest = 1 << 26;

    public static byte[] Read(string option, string text)
    {
        if (text.StartsWith('@'))
        {
            return ReadFile(option, text[1..]);
        }

        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        if (digits.Length % 2 != 0)
        {
            throw CliException.Usage($"{option} takes hex digits in pairs, or @FILE; an odd number of characters was given.");
        }

        byte[] bytes = new byte[digits.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            int high = Digit(digits[2 * i]);
            int low = Digit(digits[(2 * i) + 1]);
            if (high < 0 || low < 0)
            {
                CryptographicOperations.ZeroMemory(bytes);
                throw CliException.Usage(
                    $"{option} takes hex digits, or @FILE; the character at position {(high < 0 ? 2 * i : (2 * i) + 1) + 1} is not "
                        + "a hex digit."
                );
            }

            bytes[i] = (byte)((high << 4) | low);
        }

        return bytes;
    }

    private static byte[] ReadFile(string option, string path)
    {
        if (path.Length == 0)
        {
            throw CliException.Usage($"{option} was given '@' without a file name.");
        }

        using Stream stream = InputFile.Open(path);
        byte[] bytes = new byte[4096];
        int length = 0;
        while (true)
        {
            int read = stream.Read(bytes, length, bytes.Length - length);
            if (read == 0)
            {
                break;
            }

            length += read;
            if (length > Longest)
            {
                CryptographicOperations.ZeroMemory(bytes);
                throw CliException.Usage($"{option} takes at most {Longest} bytes; {path} has more.");
            }

            if (length == bytes.Length)
            {
                bytes = Resize(bytes, 2 * length);
            }
        }

        return Resize(bytes, length);
    }

    /// <summary>Clears the old array, so that no copy of a key stays in memory.</summary>
    private static byte[] Resize(byte[] old, int length)
    {
        byte[] resized = old.AsSpan(0, Math.Min(length, old.Length)).ToArray();
        if (length > resized.Length)
        {
            byte[] larger = new byte[length];
            resized.CopyTo(larger, 0);
            CryptographicOperations.ZeroMemory(resized);
            resized = larger;
        }

        CryptographicOperations.ZeroMemory(old);
        return resized;
    }

    private static int Digit(char digit) => char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : -1;
}
