using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The process at the other end of a channel, during one ioctl. It gives the memory that the process sent with the ioctl, and asks the
/// process for the rest.
/// </summary>
internal sealed class ChannelCaller : IUserProcess
{
    private const int ReplyHead = 32;

    private readonly SocketFrontEnd _server;
    private readonly ServedFile _file;
    private readonly int _socket;
    private readonly byte[] _reply;
    private readonly SegmentTable _segments;
    private readonly DeferredWrites _deferred;
    private SharedMemoryHandle? _shared;

    public ChannelCaller(SocketFrontEnd server, ServedFile file, int socket, byte[] received, byte[] reply)
    {
        _server = server;
        _file = file;
        _socket = socket;
        _reply = reply;
        _segments = new SegmentTable(received, reply);
        _deferred = new DeferredWrites(server.Users, file.Owner);
    }

    public WordSize WordSize { get; private set; } = WordSize.LP64;

    /// <summary>How many pieces of memory the server had to ask for.</summary>
    public long Needs { get; private set; }

    /// <summary>The client broke the protocol, or is gone. Nothing more can be asked of it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The client lost an answer and asks for the state of its call.</summary>
    public bool IsPinged { get; private set; }

    /// <summary>Takes a message. False: the message breaks the protocol.</summary>
    public bool Begin(int length, int segments, int wordSize)
    {
        WordSize = wordSize == 4 ? WordSize.ILP32 : WordSize.LP64;
        IsPinged = false;
        return _segments.Parse(length, segments, _shared);
    }

    /// <summary>Sends the result. False: the client is gone.</summary>
    public bool End(int result)
    {
        if (result < 0)
        {
            _segments.TakeBackLent();
        }

        bool direct = _segments.TryClose(out int body, out ulong filled) && _deferred.IsEmpty && !_deferred.IsFull;
        if (!direct)
        {
            body = 0;
            filled = 0;
            if (_deferred.IsFull || !_segments.TryMoveTo(_deferred))
            {
                // A part of the results would look like all of them, so send none.
                _deferred.Clear();
                result = -LibC.ENOMEM;
            }
        }

        cds_reply head = new()
        {
            type = ShimProtocol.CDS_DONE,
            result = result,
            length = (uint)body,
            filled = filled,
            count = (uint)_deferred.Messages(),
        };
        MemoryMarshal.Write(_reply, head);
        bool sent = LocalSocket.Send(_socket, _reply.AsSpan(0, ReplyHead + body)) && _deferred.Send(_socket, _reply);
        _reply.AsSpan(0, ReplyHead + body).Clear();
        _deferred.Clear();
        return sent && (!IsPinged || Pong());
    }

    public bool Pong()
    {
        cds_reply pong = new() { type = ShimProtocol.CDS_PONG };
        return LocalSocket.Send(_socket, MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in pong)));
    }

    /// <summary>Creates memory to share with the client, or tells the client that there is none.</summary>
    public bool Share(ulong size)
    {
        cds_reply reply = new() { type = ShimProtocol.CDS_SHARED };
        ReadOnlySpan<byte> message = MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in reply));
        EndSharing();
        if (size is 0 or > ShimProtocol.CDS_SHARED_MOST || !_server.Users.TryTake(_file.Owner, UserResource.Memory, (long)size))
        {
            reply.result = -LibC.ENOMEM;
            return LocalSocket.Send(_socket, message);
        }

        _shared = SharedMemoryHandle.Create((int)size, out Errno error);
        if (_shared is null)
        {
            _server.Users.GiveBack(_file.Owner, UserResource.Memory, (long)size);
            reply.result = -error.Number;
            return LocalSocket.Send(_socket, message);
        }

        return LocalSocket.Send(_socket, message, _shared.Descriptor);
    }

    /// <summary>Gives back what was counted for the user. Call it after the last call.</summary>
    public void Release()
    {
        EndSharing();
        _deferred.Release();
    }

    private void EndSharing()
    {
        if (_shared is { } shared)
        {
            _shared = null;
            int length = shared.Length;
            shared.Dispose();
            _server.Users.GiveBack(_file.Owner, UserResource.Memory, length);
        }
    }

    public bool IsGone => HangUp.Has(_socket);

    public bool CopyIn(ulong address, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return true;
        }

        ReadOnlySpan<byte> sent = _segments.Find(address, destination.Length);
        if (!sent.IsEmpty)
        {
            sent.CopyTo(destination);
        }
        else if (!Ask(address, destination))
        {
            return false;
        }

        if (_segments.HasWrites || !_deferred.IsEmpty)
        {
            _segments.Overlay(address, destination);
            _deferred.Overlay(address, destination);
        }

        return true;
    }

    public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
    {
        // A page at address 0 is never mapped. The client checks any other address when it gets the bytes.
        if (source.IsEmpty)
        {
            return true;
        }

        if (address == 0 || address > ulong.MaxValue - (ulong)source.Length)
        {
            return false;
        }

        return _segments.TryWrite(source, address) || _deferred.TryAdd(source, address);
    }

    public bool TryBorrowInput(ulong address, int length, out ReadOnlySpan<byte> input)
    {
        input = _segments.Find(address, length);
        return !input.IsEmpty && !_segments.HasWrites && _deferred.IsEmpty;
    }

    public bool TryBorrowOutput(ulong address, int length, out Span<byte> output)
    {
        output = default;
        return length > 0 && _segments.TryLend(address, length, out output);
    }

    public int InstallDescriptor(EmulatedFile file)
    {
        if (IsBroken || !LocalSocket.TryPair(out SafeFileDescriptorHandle? ours, out SafeFileDescriptorHandle? theirs))
        {
            return -LibC.EMFILE;
        }

        using (theirs)
        {
            // From here on the socket pair decides: the file ends when all copies of the other end are closed.
            if (!LocalSocket.SetOption(theirs.Descriptor, LibC.SO_RCVLOWAT, ShimProtocol.CDS_MARK) || !_server.TryAdopt(ours, _file, file))
            {
                ours.Dispose();
                return -LibC.EMFILE;
            }

            cds_reply reply = new() { type = ShimProtocol.CDS_INSTALL };
            if (!LocalSocket.Send(_socket, MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in reply)), theirs.Descriptor))
            {
                IsBroken = true;
                return -LibC.EMFILE;
            }
        }

        return Answer(default, out cds_answer answer) && answer.type == ShimProtocol.CDS_INSTALLED ? answer.value : -LibC.EMFILE;
    }

    private bool Ask(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            Span<byte> piece = destination[..Math.Min(destination.Length, ShimProtocol.CDS_PIECE)];
            cds_reply need = new()
            {
                type = ShimProtocol.CDS_NEED,
                address = address,
                length = (uint)piece.Length,
            };
            Needs++;
            if (IsBroken || IsPinged || !LocalSocket.Send(_socket, MemoryMarshal.AsBytes(new ReadOnlySpan<cds_reply>(in need))))
            {
                return false;
            }

            if (!Answer(piece, out cds_answer answer) || answer.type != ShimProtocol.CDS_DATA)
            {
                return false;
            }

            address += (ulong)piece.Length;
            destination = destination[piece.Length..];
        }

        return true;
    }

    private bool Answer(Span<byte> body, out cds_answer answer)
    {
        answer = default;
        int length = LocalSocket.Receive(_socket, MemoryMarshal.AsBytes(new Span<cds_answer>(ref answer)), body);
        int head = Unsafe.SizeOf<cds_answer>();
        switch (answer.type)
        {
            case ShimProtocol.CDS_DATA when length == head + body.Length && !body.IsEmpty:
            case ShimProtocol.CDS_INSTALLED when length == head && body.IsEmpty:
                return true;
            case ShimProtocol.CDS_FAULT when length == head && !body.IsEmpty:
                return false;
            case ShimProtocol.CDS_PING when length == head:
                IsPinged = true;
                return false;
            default:
                IsBroken = true;
                return false;
        }
    }
}
