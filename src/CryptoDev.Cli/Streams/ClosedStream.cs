namespace CryptoDev.Cli.Streams;

/// <summary>Stands for a standard descriptor that was closed when the command was started. Every use is an error that says so.</summary>
internal sealed class ClosedStream(string name, string cure) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw Closed();

    public override long Position
    {
        get => throw Closed();
        set => throw Closed();
    }

    public CliException Closed() => new(ExitCode.InputOutput, $"{name} is closed: {cure}");

    public override int Read(byte[] buffer, int offset, int count) => throw Closed();

    public override void Write(byte[] buffer, int offset, int count) => throw Closed();

    public override void Flush()
    {
        // Nothing was written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw Closed();

    public override void SetLength(long value) => throw Closed();
}
