using CryptoDev.Native;

namespace CryptoDev.Cli.Streams;

/// <summary>
/// An open file, read and written by descriptor. Waiting for a pipe, terminal or device ends when the command is asked to stop; one
/// that another process has made non-blocking is waited for as well. No buffer: pieces are larger than any buffer would be.
/// </summary>
internal sealed class DescriptorStream : Stream
{
    private readonly SafeFileDescriptorHandle _file;
    private readonly CancellationToken _stop;
    private readonly TimeSpan _grace;
    private readonly bool _isRegular;
    private readonly long _length;
    private readonly Lock _gate = new();
    private EventDescriptor? _stopped;
    private CancellationTokenRegistration _registration;
    private long _position;

    /// <param name="file">Owned from here.</param>
    /// <param name="stop">Ends every wait.</param>
    /// <param name="grace">How long a write may still wait after that.</param>
    public DescriptorStream(SafeFileDescriptorHandle file, CancellationToken stop, TimeSpan grace = default)
    {
        _file = file;
        _stop = stop;
        _grace = grace;
        if (ByteFile.TryStatus(file, out statx status, out _))
        {
            _isRegular = (status.stx_mode & LibC.S_IFMT) == LibC.S_IFREG;
            _length = (long)status.stx_size;
        }
    }

    /// <summary>Whether it is a regular file read from its start: its length is known, and reading it does not wait for anybody.</summary>
    public override bool CanSeek => _isRegular && IsWhole;

    /// <summary>Whether it is read from its start. What stands behind a standard descriptor may have been read in part before.</summary>
    public bool IsWhole { get; init; } = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    /// <summary>The length that the file had when it was opened.</summary>
    public override long Length => CanSeek ? _length : throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (!_isRegular && !Wait(toRead: true, TimeSpan.Zero))
            {
                throw new OperationCanceledException(_stop);
            }

            int read = ByteFile.Read(_file, buffer, out Errno error);
            if (read >= 0)
            {
                _position += read;
                return read;
            }

            if (error.Number != LibC.EAGAIN)
            {
                throw new IOException(error.Text, error.Number);
            }
        }

        return 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (!_isRegular && !Wait(toRead: false, _grace))
            {
                throw new OperationCanceledException(_stop);
            }

            int written = ByteFile.Write(_file, buffer, out Errno error);
            if (written >= 0)
            {
                buffer = buffer[written..];
                _position += written;
                continue;
            }

            switch (error.Number)
            {
                case LibC.EAGAIN:
                    break;
                case LibC.EPIPE or LibC.ECONNRESET:
                    throw new ReaderGoneException();
                default:
                    throw new IOException(error.Text, error.Number);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // There is no buffer.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _registration.Dispose();
            _file.Dispose();
            _stopped?.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Wait(bool toRead, TimeSpan grace)
    {
        if (_stop.IsCancellationRequested)
        {
            return ByteFile.Wait(_file, toRead, null, (int)grace.TotalMilliseconds);
        }

        return ByteFile.Wait(_file, toRead, Stopped(), -1)
            || (grace > TimeSpan.Zero && ByteFile.Wait(_file, toRead, null, (int)grace.TotalMilliseconds));
    }

    /// <summary>Becomes readable when the command is asked to stop. Null where no descriptor is free: patience ends it then.</summary>
    private EventDescriptor? Stopped()
    {
        if (!_stop.CanBeCanceled)
        {
            return null;
        }

        lock (_gate)
        {
            if (_stopped is null && EventDescriptor.Create() is { } made)
            {
                _stopped = made;
                _registration = _stop.Register(made.Raise);
            }

            return _stopped;
        }
    }
}
