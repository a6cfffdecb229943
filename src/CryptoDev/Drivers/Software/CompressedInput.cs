namespace CryptoDev.Drivers.Software;

/// <summary>
/// The compressed message as a stream that records whether the reader wanted more bytes than there are. System.IO.Compression accepts a
/// truncated message as a complete one. A gzip reader always looks for another member after the first, so for gzip a few bytes that are no
/// member follow the message. The last byte is given alone: a reader that does not ask for it has found the end of the message before it.
/// </summary>
internal sealed class CompressedInput(byte[] source, int length, bool gzip) : Stream
{
    // All ones: this is no gzip header and no valid block. Read as the missing end of a checksum or length it is almost surely wrong.
    private const int NoMember = 32;

    private int _position;
    private int _behind = gzip ? NoMember : 0;

    public bool RanDry { get; private set; }

    /// <summary>Whether the reader did not ask for all bytes of the message.</summary>
    public bool HasUnread => _position < length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int left = length - _position;
        int count = Math.Min(buffer.Length, left > 1 ? left - 1 : left);
        source.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        int more = HasUnread ? 0 : Math.Min(buffer.Length - count, _behind);
        buffer.Slice(count, more).Fill(byte.MaxValue);
        _behind -= more;
        RanDry |= count + more == 0 && !buffer.IsEmpty;
        return count + more;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written to this stream.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
