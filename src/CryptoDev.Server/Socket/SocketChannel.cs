using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The server's end of a channel, and the thread that serves it: it receives an ioctl, runs it and sends the answer. One thread per channel
/// gives the shortest time from a message to its answer. The number of channels is limited.
/// </summary>
internal sealed class SocketChannel
{
    /// <summary>The descriptors that a channel may need: its own end, and shared memory.</summary>
    public const int Descriptors = 2;

    private const int CallHead = 24;
    private const int AnswerHead = 16;
    private const int ReplyHead = 32;

    private readonly SocketFrontEnd _server;
    private readonly ServedFile _file;
    private readonly SafeFileDescriptorHandle _socket;
    private readonly DialectMaps _maps;
    private readonly byte[] _received;
    private readonly byte[] _reply;
    private readonly ChannelCaller _caller;
    private readonly ManualResetEventSlim _done = new();
    private readonly Lock _gate = new();
    private long _calls;
    private bool _ended;

    public SocketChannel(SocketFrontEnd server, ServedFile file, SafeFileDescriptorHandle socket, DialectMaps maps)
    {
        _server = server;
        _file = file;
        _socket = socket;
        _maps = maps;
        _received = server.Buffers.Rent();
        _reply = server.Buffers.Rent();
        _caller = new ChannelCaller(server, file, socket.Descriptor, _received, _reply);
    }

    /// <summary>The number of ioctls so far.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>The number of pieces of memory asked for so far.</summary>
    public long Needs => _caller.Needs;

    /// <summary>Starts serving the client. False: the system cannot start a thread.</summary>
    public bool TryStart()
    {
        try
        {
            _server.Threads.Run(Run);
            return true;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            _server.Log($"file {_file.File.Id}: no further thread can be started ({error.Message})");
            return false;
        }
    }

    /// <summary>Gives the buffers back, when the channel ends or was never started.</summary>
    public void ReturnBuffers()
    {
        _server.Buffers.Return(_received);
        _server.Buffers.Return(_reply);
    }

    /// <summary>Finishes and answers the running call and takes no other.</summary>
    public void TakeNoMore() => Shut(LibC.SHUT_RD);

    /// <summary>Wakes the thread if it waits for the client.</summary>
    public void Cut() => Shut(LibC.SHUT_RDWR);

    /// <summary>Waits until the channel has ended. False: it takes longer.</summary>
    public bool Join(TimeSpan patience) => _done.Wait(patience);

    private void Run()
    {
        bool fine = true;
        try
        {
            while (fine)
            {
                int length = LocalSocket.Receive(_socket.Descriptor, _received);
                if (length <= 0)
                {
                    break;
                }

                fine = Serve(length);
                _received.AsSpan(0, length).Clear();
            }
        }
        catch (Exception error)
        {
            // A bug here, or a lack of memory, must not affect the other clients. This client sees the connection end.
            _server.Log($"channel of file {_file.File.Id}: {error.GetType().Name}: {error.Message}");
            fine = false;
        }
        finally
        {
            End(fine);
        }
    }

    private bool Serve(int length)
    {
        if (length < AnswerHead)
        {
            return false;
        }

        uint type = MemoryMarshal.Read<uint>(_received);
        if (type == ShimProtocol.CDS_IOCTL)
        {
            return length >= CallHead && Ioctl(length);
        }

        if (length != AnswerHead)
        {
            return false;
        }

        return type switch
        {
            ShimProtocol.CDS_SHARE => _caller.Share(MemoryMarshal.Read<cds_answer>(_received).size),
            ShimProtocol.CDS_READINESS => SendReadiness(),
            ShimProtocol.CDS_PING => _caller.Pong(),
            ShimProtocol.CDS_DESCRIBE => SendMap(MemoryMarshal.Read<cds_answer>(_received).value),
            _ => false,
        };
    }

    private bool Ioctl(int length)
    {
        cds_call call = MemoryMarshal.Read<cds_call>(_received);
        if (
            call.segments > ShimProtocol.CDS_SEGMENTS
            || call.word_size is not (4 or 8)
            || !_caller.Begin(length, (int)call.segments, (int)call.word_size)
        )
        {
            return false;
        }

        Volatile.Write(ref _calls, _calls + 1);
        int result = _file.File.Ioctl(call.request, call.argument, _caller, _server.Stopping);
        _file.UpdateReadiness();
        return _caller.End(result) && !_caller.IsBroken;
    }

    private bool SendReadiness()
    {
        Readiness? readiness = _file.GetReadiness();
        cds_reply reply = new() { type = ShimProtocol.CDS_EVENTS, result = readiness is null ? -LibC.EMFILE : 0 };
        ReadOnlySpan<byte> message = MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in reply));
        return readiness is null
            ? LocalSocket.Send(_socket.Descriptor, message)
            : LocalSocket.Send(_socket.Descriptor, message, readiness.In, readiness.Out);
    }

    private bool SendMap(int wordSize)
    {
        if (_maps.For(wordSize) is not { } map)
        {
            return false;
        }

        cds_reply head = new()
        {
            type = ShimProtocol.CDS_MAP,
            address = (ulong)map.TransferError,
            length = (uint)map.Bytes.Length,
            count = (uint)map.Count,
        };
        MemoryMarshal.Write(_reply, head);
        map.Bytes.CopyTo(_reply, ReplyHead);
        return LocalSocket.Send(_socket.Descriptor, _reply.AsSpan(0, ReplyHead + map.Bytes.Length));
    }

    private void End(bool fine)
    {
        ReturnBuffers();
        lock (_gate)
        {
            _ended = true;
        }

        // Not under the lock: a client may have left a descriptor in the channel, and its last close may take long.
        _caller.Release();
        _socket.Dispose();
        if (!fine)
        {
            _server.Broken(_file);
        }

        _file.Remove(this);
        _server.Ended(this, _file);
        _done.Set();
    }

    private void Shut(int how)
    {
        // Do not shut down after the close: the descriptor's number may then belong to another file.
        lock (_gate)
        {
            if (!_ended)
            {
                _ = LibC.shutdown(_socket.Descriptor, how);
            }
        }
    }
}
