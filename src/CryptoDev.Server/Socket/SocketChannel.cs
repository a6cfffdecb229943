using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// One thread of one client and one open file: takes an ioctl, has it run, answers, on a thread to itself. A thread per channel is the
/// shortest way from a message to its
/// answer; how many there may be is bounded.
/// </summary>
internal sealed class SocketChannel
{
    private const int CallHead = 24;
    private const int AnswerHead = 16;
    private const int WelcomeHead = 32;

    private readonly SocketFrontEnd _server;
    private readonly ServedFile _file;
    private readonly SafeFileDescriptorHandle _socket;
    private readonly DialectMap _map;
    private readonly byte[] _received;
    private readonly byte[] _reply;
    private readonly ChannelCaller _caller;
    private readonly ManualResetEventSlim _done = new();
    private readonly Lock _gate = new();
    private long _calls;
    private bool _ended;

    public SocketChannel(SocketFrontEnd server, ServedFile file, SafeFileDescriptorHandle socket, WordSize wordSize, DialectMap map)
    {
        _server = server;
        _file = file;
        _socket = socket;
        _map = map;
        _received = server.Buffers.Rent();
        _reply = server.Buffers.Rent();
        _caller = new ChannelCaller(server, file, socket.Descriptor, wordSize, _received, _reply);
    }

    /// <summary>Ioctls so far.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Pieces asked for so far.</summary>
    public long Needs => _caller.Needs;

    /// <summary>Greets the client and serves it. False: the system gives no thread.</summary>
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

    /// <summary>Gives its buffers back: at its end, or where it was never started.</summary>
    public void GiveBack()
    {
        _server.Buffers.Return(_received);
        _server.Buffers.Return(_reply);
    }

    /// <summary>The call under way is finished and answered, and no other taken.</summary>
    public void TakeNoMore() => Shut(LibC.SHUT_RD);

    /// <summary>Wakes the thread wherever it waits for the client.</summary>
    public void Cut() => Shut(LibC.SHUT_RDWR);

    /// <summary>Waits until it has ended; false when it takes longer.</summary>
    public bool Join(TimeSpan patience) => _done.Wait(patience);

    /// <summary>Tells the client that its channel is there, or why not.</summary>
    public static bool Welcome(int socket, int error, DialectMap? map)
    {
        byte[] message = new byte[WelcomeHead + (map?.Bytes.Length ?? 0)];
        MemoryMarshal.Write(
            message,
            new cds_reply
            {
                type = ShimProtocol.CDS_WELCOME,
                result = -error,
                address = (ulong)(map?.TransferError ?? 0),
                length = (uint)(map?.Bytes.Length ?? 0),
                count = (uint)(map?.Count ?? 0),
            }
        );
        map?.Bytes.CopyTo(message, WelcomeHead);
        return LocalSocket.Send(socket, message);
    }

    private void Run()
    {
        bool fine = true;
        try
        {
            _ = Welcome(_socket.Descriptor, 0, _map);
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
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A defect here must not take the other clients with it; this one sees its server lost.
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
            _ => false,
        };
    }

    private bool Ioctl(int length)
    {
        cds_call call = MemoryMarshal.Read<cds_call>(_received);
        if (call.segments > ShimProtocol.CDS_SEGMENTS || call.reserved != 0 || !_caller.Begin(length, (int)call.segments))
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

    private void End(bool fine)
    {
        GiveBack();
        lock (_gate)
        {
            _ended = true;
            _caller.EndSharing();
            _socket.Dispose();
        }

        if (!fine)
        {
            _server.Broken(_file);
        }

        _file.Remove(this);
        _server.Ended(this);
        _done.Set();
    }

    private void Shut(int how)
    {
        // Not after the number was closed: it may be another's by then.
        lock (_gate)
        {
            if (!_ended)
            {
                _ = LibC.shutdown(_socket.Descriptor, how);
            }
        }
    }
}
