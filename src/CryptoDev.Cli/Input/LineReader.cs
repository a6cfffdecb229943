using CryptoDev.Cli.Names;

namespace CryptoDev.Cli.Input;

/// <summary>
/// Reads lines of bytes up to a bound, so that a list that has no line ends, such as <c>/dev/zero</c>, is told and not read until memory is
/// full.
/// </summary>
internal sealed class LineReader(Stream stream, string name)
{
    /// <summary>Longer than a line with the longest path, every byte escaped, and than all operands of a key operation.</summary>
    public const int Longest = 1 << 16;

    private readonly byte[] _piece = new byte[Longest];
    private int _start;
    private int _end;

    /// <summary>The number of the line that was read last, from 1 up.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end, a line feed, as <see cref="ByteText"/>. Null at the end.</summary>
    public string? Next()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _piece.AsSpan(_start, _end - _start);
            int feed = rest.IndexOf((byte)'\n');
            if (feed >= 0)
            {
                _start += feed + 1;
                Number++;
                return ByteText.FromBytes(rest[..feed]);
            }

            if (rest.Length == _piece.Length)
            {
                throw new CliException(
                    ExitCode.InputOutput,
                    $"{name}: line {Number + 1} is longer than {Longest} bytes, so this is no list"
                );
            }

            rest.CopyTo(_piece);
            (_start, _end) = (0, rest.Length);
            int read = Read();
            _end += read;
            if (read == 0)
            {
                _start = _end;
                if (rest.IsEmpty)
                {
                    return null;
                }

                Number++;
                return ByteText.FromBytes(_piece.AsSpan(0, _end));
            }
        }
    }

    private int Read()
    {
        try
        {
            return stream.Read(_piece.AsSpan(_end));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.InputOutput, $"{name}: {ErrorText.OfFile(error)}", error);
        }
    }
}
