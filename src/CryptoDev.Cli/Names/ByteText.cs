using System.Buffers;
using System.Text;

namespace CryptoDev.Cli.Names;

/// <summary>
/// Bytes as text that loses none of them. What is UTF-8 becomes its characters. Any other byte b becomes the lone surrogate U+DC00 + b,
/// which no UTF-8 text has. So a file's name passes through the parser and through messages, and comes out as it went in.
/// </summary>
internal static class ByteText
{
    private const char FirstEscape = '\udc80';
    private const char LastEscape = '\udcff';

    /// <summary>Whether the text has a byte that is not UTF-8.</summary>
    public static bool HasEscapes(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (IsEscape(text, i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the character is a byte that is not UTF-8, and not the second half of a pair.</summary>
    public static bool IsEscape(ReadOnlySpan<char> text, int index) =>
        text[index] is >= FirstEscape and <= LastEscape && (index == 0 || !char.IsHighSurrogate(text[index - 1]));

    public static byte ByteOf(char escape) => (byte)(escape & 0xff);

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                // Byte by byte: how many belong together is not decided here.
                used = 1;
                text.Append((char)(FirstEscape + (bytes[0] - 0x80)));
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of the text. A surrogate that is no escape, which no name has, becomes U+FFFD.</summary>
    public static byte[] ToBytes(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Write(text, bytes)];
    }

    /// <summary>Writes the bytes of the text. The room must be <see cref="Encoding.GetMaxByteCount"/> of UTF-8 long.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<byte> room)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out int used);
            if (status != OperationStatus.Done && text[0] is >= FirstEscape and <= LastEscape)
            {
                room[written++] = ByteOf(text[0]);
            }
            else
            {
                written += rune.EncodeToUtf8(room[written..]);
            }

            text = text[used..];
        }

        return written;
    }

    /// <summary>The bytes of a file's name with a zero byte at the end, as the system takes it.</summary>
    /// <exception cref="CliException">The name has a zero byte, so there can be no such file.</exception>
    public static byte[] ToName(string name)
    {
        byte[] bytes = ToBytes(name);
        return bytes.AsSpan().Contains((byte)0)
            ? throw new CliException(ExitCode.InputOutput, $"{Quoted.Name(name)}: No such file or directory (a name has no zero byte)")
            : [.. bytes, 0];
    }
}
