namespace CryptoDev.Cli.Streams;

/// <summary>
/// The stream for messages. Where nobody can read them any more, they are dropped: a command does its work and gives its exit code without
/// them.
/// </summary>
internal sealed class MessageStream(Stream inner) : Stream
{
    private volatile bool _isGone;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isGone)
        {
            return;
        }

        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or ReaderGoneException or OperationCanceledException)
        {
            // There is no other place where this could be told.
            _isGone = true;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // There is no buffer.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
