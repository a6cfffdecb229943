using System.Text;
using CryptoDev.Cli.Names;

namespace CryptoDev.Cli.Streams;

/// <summary>Writes text as UTF-8 without a byte order mark, and the bytes of names as they are (<see cref="ByteText"/>).</summary>
internal sealed class ByteTextWriter : TextWriter
{
    private readonly Stream _stream;
    private readonly char[] _text = new char[4096];
    private readonly byte[] _bytes;
    private readonly Lock _gate = new();
    private int _length;

    public ByteTextWriter(Stream stream)
    {
        _stream = stream;
        _bytes = new byte[Encoding.GetMaxByteCount(_text.Length)];
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether every call's text goes out at once.</summary>
    public bool AutoFlush { get; set; }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}\n".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            while (!buffer.IsEmpty)
            {
                if (_length == _text.Length)
                {
                    Empty(all: false);
                }

                int taken = Math.Min(buffer.Length, _text.Length - _length);
                buffer[..taken].CopyTo(_text.AsSpan(_length));
                _length += taken;
                buffer = buffer[taken..];
            }

            if (AutoFlush)
            {
                Empty(all: false);
            }
        }
    }

    public override void Flush()
    {
        lock (_gate)
        {
            Empty(all: true);
            _stream.Flush();
        }
    }

    /// <summary>The first half of a pair waits for the second one, except at the end.</summary>
    private void Empty(bool all)
    {
        int kept = !all && _length > 0 && char.IsHighSurrogate(_text[_length - 1]) ? 1 : 0;
        int written = ByteText.Write(_text.AsSpan(0, _length - kept), _bytes);
        char half = kept == 0 ? '\0' : _text[_length - 1];
        _text[0] = half;
        _length = kept;
        if (written > 0)
        {
            _stream.Write(_bytes.AsSpan(0, written));
        }
    }
}
