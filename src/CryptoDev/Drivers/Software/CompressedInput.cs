namespace CryptoDev.Drivers.Software;

/// <summary>
/// The compressed message as a stream that remembers whether more was wanted than there is: System.IO.Compression takes a message that ends
/// too early for a whole one. A gzip reader always looks for another member behind the first, so there a few bytes follow that are none.
/// </summary>
internal sealed class CompressedInput(byte[] source, int length, bool gzip) : Stream
{
    // All ones: no gzip header, no valid block, and as the missing end of a checksum or length almost surely wrong.
    private const int NoMember = 32;

    private int _position;
    private int _behind = gzip ? NoMember : 0;

    public bool RanDry { get; private set; }

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
        int count = Math.Min(buffer.Length, length - _position);
        source.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        int more = Math.Min(buffer.Length - count, _behind);
        buffer.Slice(count, more).Fill(byte.MaxValue);
        _behind -= more;
        RanDry |= count + more == 0 && !buffer.IsEmpty;
        return count + more;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
