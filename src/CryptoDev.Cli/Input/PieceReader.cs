using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace CryptoDev.Cli.Input;

/// <summary>One piece of the input. The reader is always ahead, so it knows <see cref="IsLast"/>.</summary>
internal readonly record struct Piece(byte[] Buffer, int Length, bool IsLast)
{
    public Span<byte> Bytes => Buffer.AsSpan(0, Length);
}

/// <summary>
/// Reads a stream in large pieces of equal length (the last may be shorter). A thread reads ahead of the consumer. While the consumer
/// processes one piece, the next piece is ready, and the piece after that is being read. A file that fits into one piece is read without a
/// thread.
/// </summary>
internal sealed class PieceReader : IDisposable
{
    /// <summary>
    /// A multiple of every block size. Larger pieces gain nothing: the kernel reads ahead anyway, and the CPU cache holds a smaller part of
    /// them.
    /// </summary>
    public const int PieceLength = 1 << 20;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _abandon;
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly BlockingCollection<(byte[] Buffer, int Length)> _filled = [];
    private readonly List<byte[]> _rented = [];
    private Exception? _failure;
    private Thread? _thread;
    private (byte[] Buffer, int Length)? _ahead;
    private byte[]? _given;
    private bool _begun;
    private bool _ended;

    /// <summary>Does not own the stream. <paramref name="name"/> is used in error messages.</summary>
    public PieceReader(Stream stream, string name, CancellationToken stop)
    {
        _stream = stream;
        _name = name;
        _stop = stop;
        _abandon = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>
    /// Gives the next piece, valid until the next call. There is always at least one: an empty stream gives an empty last piece.
    /// </summary>
    public bool TryNext(out Piece piece)
    {
        _stop.ThrowIfCancellationRequested();
        if (_given is { } used)
        {
            _given = null;
            _free.Add(used, CancellationToken.None);
        }

        if (_ended)
        {
            piece = default;
            return false;
        }

        (byte[] buffer, int length) = _begun ? _ahead!.Value : First();
        _begun = true;
        _ended = length < PieceLength;
        if (!_ended)
        {
            _ahead = TakeFilled();
            _ended = _ahead.Value.Length == 0;
        }

        _given = buffer;
        piece = new Piece(buffer, length, _ended);
        return true;
    }

    public void Dispose()
    {
        _abandon.Cancel();

        // A thread that is blocked in a read of a terminal or pipe may still write to its buffer. Such buffers are left to the collector.
        if (_thread is null || _thread.Join(_ended ? Timeout.Infinite : 0))
        {
            foreach (byte[] buffer in _rented)
            {
                CryptographicOperations.ZeroMemory(buffer.AsSpan(0, PieceLength));
                ArrayPool<byte>.Shared.Return(buffer);
            }

            _free.Dispose();
            _filled.Dispose();
            _abandon.Dispose();
        }
    }

    private (byte[] Buffer, int Length) First()
    {
        byte[] first = Rent();
        if (_stream.CanSeek)
        {
            // Reading a regular file does not block for long, so a small one needs no thread.
            int length = Fill(first);
            if (length < PieceLength)
            {
                return (first, length);
            }

            StartThread();
            return (first, length);
        }

        _free.Add(first);
        StartThread();
        return TakeFilled();
    }

    private void StartThread()
    {
        while (_rented.Count < 3)
        {
            _free.Add(Rent());
        }

        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "read ahead" };
        _thread.Start();
    }

    private void ReadAhead()
    {
        try
        {
            int length;
            do
            {
                byte[] buffer = _free.Take(_abandon.Token);
                length = Fill(buffer);
                _filled.Add((buffer, length), CancellationToken.None);
            } while (length == PieceLength);
        }
        catch (OperationCanceledException)
        {
            // The consumer has stopped, so the data is not needed.
        }
        catch (Exception error)
        {
            _failure = error;
            _filled.CompleteAdding();
        }
    }

    private (byte[] Buffer, int Length) TakeFilled()
    {
        try
        {
            return _filled.Take(_stop);
        }
        catch (InvalidOperationException) when (_failure is not null)
        {
            throw _failure is CliException
                ? _failure
                : new CliException(ExitCode.InputOutput, $"{_name}: {ErrorText.OfFile(_failure)}", _failure);
        }
    }

    private int Fill(byte[] buffer)
    {
        try
        {
            return _stream.ReadAtLeast(buffer.AsSpan(0, PieceLength), PieceLength, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.InputOutput, $"{_name}: {ErrorText.OfFile(error)}", error);
        }
    }

    private byte[] Rent()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
        _rented.Add(buffer);
        return buffer;
    }
}
