using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Cli.Names;

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

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdefABCDEF");

    public static byte[] Read(string option, string text, CancellationToken stop)
    {
        if (text.StartsWith('@'))
        {
            return ReadFile(option, text[1..], stop);
        }

        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        int wrong = digits.AsSpan().IndexOfAnyExcept(s_digits);
        if (wrong >= 0)
        {
            throw CliException.Usage(
                digits[wrong] == ':'
                    ? $"{option} takes hex digits without anything between them, or @FILE; leave the colons out (tr -d :)."
                    : $"{option} takes hex digits, or @FILE; the character at position {text.Length - digits.Length + wrong + 1} is not "
                        + "a hex digit."
            );
        }

        if (digits.Length % 2 != 0)
        {
            throw CliException.Usage($"{option} takes hex digits in pairs, or @FILE; an odd number of digits was given.");
        }

        byte[] bytes = new byte[digits.Length / 2];
        _ = Convert.FromHexString(digits, bytes, out _, out _);
        return bytes;
    }

    private static byte[] ReadFile(string option, string path, CancellationToken stop)
    {
        if (path == "-")
        {
            throw CliException.Usage($"{option} was given '@-', which names no file; @/dev/stdin is the standard input.");
        }

        if (path.Length == 0)
        {
            throw CliException.Usage($"{option} was given '@' without a file name.");
        }

        using Stream stream = InputFile.Open(path, stop);
        byte[] bytes = new byte[4096];
        int length = 0;
        while (true)
        {
            int read = Read(stream, path, bytes.AsSpan(length));
            if (read == 0)
            {
                break;
            }

            length += read;
            if (length > Longest)
            {
                CryptographicOperations.ZeroMemory(bytes);
                throw CliException.Usage($"{option} takes at most {Longest} bytes; {Quoted.Name(path)} has more.");
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

    private static int Read(Stream stream, string path, Span<byte> room)
    {
        try
        {
            return stream.Read(room);
        }
        catch (IOException error)
        {
            throw new CliException(ExitCode.InputOutput, $"{Quoted.Name(path)}: {ErrorText.OfFile(error)}", error);
        }
    }
}
