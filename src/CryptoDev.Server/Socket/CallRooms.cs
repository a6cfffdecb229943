using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The pieces of a caller's memory that came with one ioctl, and the rooms it offered for results. Bytes stand in the messages or in shared
/// memory.
/// </summary>
internal sealed class CallRooms
{
    private const int CallHead = 24;
    private const int ReplyHead = 32;
    private const int SegmentSize = 24;

    private readonly Room[] _rooms = new Room[ShimProtocol.CDS_SEGMENTS];
    private readonly byte[] _received;
    private readonly byte[] _reply;
    private SharedMemoryHandle? _shared;
    private int _count;

    public CallRooms(byte[] received, byte[] reply)
    {
        _received = received;
        _reply = reply;
    }

    /// <summary>Whether anything was written, so that a later read must look here.</summary>
    public bool HasWrites { get; private set; }

    /// <summary>Reads the table of a message; false for one that no client sends.</summary>
    public bool Parse(int length, int segments, SharedMemoryHandle? shared)
    {
        _shared = shared;
        _count = 0;
        HasWrites = false;
        if ((uint)segments > ShimProtocol.CDS_SEGMENTS || length < CallHead + (segments * SegmentSize))
        {
            return false;
        }

        ReadOnlySpan<cds_segment> table = MemoryMarshal.Cast<byte, cds_segment>(_received.AsSpan(CallHead, segments * SegmentSize));
        int input = CallHead + (segments * SegmentSize);
        int output = ReplyHead;
        foreach (cds_segment segment in table)
        {
            const uint Known = ShimProtocol.CDS_IN | ShimProtocol.CDS_OUT | ShimProtocol.CDS_PLACED;
            if (segment.length == 0 || (segment.flags & ~Known) != 0 || segment.address > ulong.MaxValue - segment.length)
            {
                return false;
            }

            ref Room room = ref _rooms[_count++];
            room = new Room { Address = segment.address, Flags = segment.flags };
            if (room.IsPlaced)
            {
                if (shared is null || segment.length > (uint)shared.Length || segment.place > (uint)shared.Length - segment.length)
                {
                    return false;
                }

                room.Length = (int)segment.length;
                room.Input = room.Output = (int)segment.place;
                continue;
            }

            if (segment.length > ShimProtocol.CDS_MESSAGE)
            {
                return false;
            }

            room.Length = (int)segment.length;
            room.Input = input;
            room.Output = output;
            input += room.IsIn ? room.Length : 0;
            output += room.IsOut ? room.Length : 0;
            if (output > _reply.Length)
            {
                return false;
            }
        }

        return input == length;
    }

    /// <summary>The caller's bytes, where they came along; empty where not.</summary>
    public ReadOnlySpan<byte> Find(ulong address, int length)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Room room = ref _rooms[index];
            if (room.IsIn && room.Contains(address, length))
            {
                return InputOf(room).Slice((int)(address - room.Address), length);
            }
        }

        return default;
    }

    /// <summary>Puts over <paramref name="bytes"/> what this call has written there.</summary>
    public void Overlay(ulong address, Span<byte> bytes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Room room = ref _rooms[index];
            if (room.Filled > 0)
            {
                Pending.Overlay(room.Address, OutputOf(room)[..room.Filled], address, bytes);
            }
        }
    }

    /// <summary>Takes what goes to a room that was offered; false where none was.</summary>
    public bool TryWrite(ReadOnlySpan<byte> source, ulong address)
    {
        for (int index = 0; index < _count; index++)
        {
            ref Room room = ref _rooms[index];
            if (!room.IsOut || !room.Contains(address, source.Length) || address - room.Address > (ulong)room.Filled)
            {
                continue;
            }

            int start = (int)(address - room.Address);
            source.CopyTo(OutputOf(room)[start..]);
            room.Filled = Math.Max(room.Filled, start + source.Length);
            HasWrites = true;
            return true;
        }

        return false;
    }

    /// <summary>Lends the beginning of a room; it is filled when the call succeeds.</summary>
    public bool TryLend(ulong address, int length, out Span<byte> bytes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref Room room = ref _rooms[index];
            if (room.IsOut && room.Address == address && length <= room.Length && room.Filled == 0)
            {
                room.Filled = length;
                room.IsLent = true;
                HasWrites = true;
                bytes = OutputOf(room)[..length];
                return true;
            }
        }

        bytes = default;
        return false;
    }

    /// <summary>What was lent is not delivered.</summary>
    public void TakeBackLent()
    {
        for (int index = 0; index < _count; index++)
        {
            if (_rooms[index].IsLent)
            {
                _rooms[index].Filled = 0;
            }
        }
    }

    /// <summary>
    /// Whether the filled rooms can go as one message right into the caller's memory: no gap before the last one. Gives its length and the
    /// filled rooms of shared memory.
    /// A room of the argument struct that nobody wrote is given its own bytes back, as a BSD kernel does.
    /// </summary>
    public bool TryClose(out int body, out ulong filled)
    {
        body = 0;
        filled = 0;
        bool isOpen = true;
        for (int index = 0; index < _count; index++)
        {
            ref Room room = ref _rooms[index];
            if (!room.IsOut)
            {
                continue;
            }

            if (room.IsPlaced)
            {
                if (room.Filled == 0)
                {
                    continue;
                }

                filled |= 1UL << index;
                if (room.Filled != room.Length)
                {
                    return false;
                }

                continue;
            }

            if (room.Filled == 0)
            {
                isOpen &= room.IsIn && index == 0;
                if (isOpen)
                {
                    InputOf(room).CopyTo(OutputOf(room));
                }

                continue;
            }

            if (!isOpen)
            {
                return false;
            }

            body = room.Output + room.Filled - ReplyHead;
            isOpen = room.Filled == room.Length;
        }

        return true;
    }

    /// <summary>Hands all that was written to <paramref name="writes"/> instead.</summary>
    public void MoveTo(Pending writes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Room room = ref _rooms[index];
            if (room.Filled == 0)
            {
                continue;
            }

            if (room.IsPlaced)
            {
                writes.AddPlaced(room.Address, room.Filled, room.Output);
            }
            else
            {
                writes.Add(OutputOf(room)[..room.Filled], room.Address);
            }
        }
    }

    private Span<byte> InputOf(in Room room) => (room.IsPlaced ? _shared!.Bytes : _received).Slice(room.Input, room.Length);

    private Span<byte> OutputOf(in Room room) => (room.IsPlaced ? _shared!.Bytes : _reply).Slice(room.Output, room.Length);

    private struct Room
    {
        public ulong Address;
        public int Length;
        public uint Flags;
        public int Input;
        public int Output;
        public int Filled;
        public bool IsLent;

        public readonly bool IsIn => (Flags & ShimProtocol.CDS_IN) != 0;

        public readonly bool IsOut => (Flags & ShimProtocol.CDS_OUT) != 0;

        public readonly bool IsPlaced => (Flags & ShimProtocol.CDS_PLACED) != 0;

        public readonly bool Contains(ulong address, int length) =>
            address >= Address && (ulong)length <= (ulong)Length && address - Address <= (ulong)(Length - length);
    }
}
