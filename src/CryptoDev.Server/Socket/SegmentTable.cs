using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// The segments of one ioctl: pieces of the caller's memory that were sent with the message, and places that the caller offered for
/// results. The bytes are in the messages or in shared memory.
/// </summary>
internal sealed class SegmentTable
{
    private const int CallHead = 24;
    private const int ReplyHead = 32;
    private const int SegmentSize = 24;

    private readonly Segment[] _segments = new Segment[ShimProtocol.CDS_SEGMENTS];
    private readonly byte[] _received;
    private readonly byte[] _reply;
    private SharedMemoryHandle? _shared;
    private int _count;

    public SegmentTable(byte[] received, byte[] reply)
    {
        _received = received;
        _reply = reply;
    }

    /// <summary>Whether the call has written anything. If so, a later read must look here.</summary>
    public bool HasWrites { get; private set; }

    /// <summary>Reads the table of a message. False: the message breaks the protocol.</summary>
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
        foreach (cds_segment sent in table)
        {
            const uint Known = ShimProtocol.CDS_IN | ShimProtocol.CDS_OUT | ShimProtocol.CDS_PLACED;
            if (sent.length == 0 || (sent.flags & ~Known) != 0 || sent.address > ulong.MaxValue - sent.length)
            {
                return false;
            }

            ref Segment segment = ref _segments[_count++];
            segment = new Segment { Address = sent.address, Flags = sent.flags };
            if (segment.IsPlaced)
            {
                if (shared is null || sent.length > (uint)shared.Length || sent.place > (uint)shared.Length - sent.length)
                {
                    return false;
                }

                segment.Length = (int)sent.length;
                segment.Input = segment.Output = (int)sent.place;
                continue;
            }

            if (sent.length > ShimProtocol.CDS_MESSAGE)
            {
                return false;
            }

            segment.Length = (int)sent.length;
            segment.Input = input;
            segment.Output = output;
            input += segment.IsIn ? segment.Length : 0;
            output += segment.IsOut ? segment.Length : 0;
            if (output > _reply.Length)
            {
                return false;
            }
        }

        return input == length;
    }

    /// <summary>The caller's bytes if they were sent with the message. Empty otherwise.</summary>
    public ReadOnlySpan<byte> Find(ulong address, int length)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Segment segment = ref _segments[index];
            if (segment.IsIn && segment.Contains(address, length))
            {
                return InputOf(segment).Slice((int)(address - segment.Address), length);
            }
        }

        return default;
    }

    /// <summary>Copies what this call has written to the range over <paramref name="bytes"/>.</summary>
    public void Overlay(ulong address, Span<byte> bytes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Segment segment = ref _segments[index];
            if (segment.Filled > 0)
            {
                DeferredWrites.Overlay(segment.Address, OutputOf(segment)[..segment.Filled], address, bytes);
            }
        }
    }

    /// <summary>Writes into a segment that was offered. False: no segment covers the range.</summary>
    public bool TryWrite(ReadOnlySpan<byte> source, ulong address)
    {
        for (int index = 0; index < _count; index++)
        {
            ref Segment segment = ref _segments[index];
            if (!segment.IsOut || !segment.Contains(address, source.Length) || address - segment.Address > (ulong)segment.Filled)
            {
                continue;
            }

            int start = (int)(address - segment.Address);
            source.CopyTo(OutputOf(segment)[start..]);
            segment.Filled = Math.Max(segment.Filled, start + source.Length);
            HasWrites = true;
            return true;
        }

        return false;
    }

    /// <summary>Lends the beginning of a segment. The segment counts as filled if the call succeeds.</summary>
    public bool TryLend(ulong address, int length, out Span<byte> bytes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref Segment segment = ref _segments[index];
            if (segment.IsOut && segment.Address == address && length <= segment.Length && segment.Filled == 0)
            {
                segment.Filled = length;
                segment.IsLent = true;
                HasWrites = true;
                bytes = OutputOf(segment)[..length];
                return true;
            }
        }

        bytes = default;
        return false;
    }

    /// <summary>Discards the lent bytes, so that they are not delivered.</summary>
    public void TakeBackLent()
    {
        for (int index = 0; index < _count; index++)
        {
            if (_segments[index].IsLent)
            {
                _segments[index].Filled = 0;
            }
        }
    }

    /// <summary>
    /// Whether the filled segments can be sent as one message straight into the caller's memory. This needs that all segments before the
    /// last filled one are filled completely. Gives the message's length and the filled segments of shared memory. An argument struct that
    /// the call did not write is sent back unchanged, as in a BSD kernel.
    /// </summary>
    public bool TryClose(out int body, out ulong filled)
    {
        body = 0;
        filled = 0;
        bool isOpen = true;
        for (int index = 0; index < _count; index++)
        {
            ref Segment segment = ref _segments[index];
            if (!segment.IsOut)
            {
                continue;
            }

            if (segment.IsPlaced)
            {
                if (segment.Filled == 0)
                {
                    continue;
                }

                filled |= 1UL << index;
                if (segment.Filled != segment.Length)
                {
                    return false;
                }

                continue;
            }

            if (segment.Filled == 0)
            {
                isOpen &= segment.IsIn && index == 0;
                if (isOpen)
                {
                    InputOf(segment).CopyTo(OutputOf(segment));
                }

                continue;
            }

            if (!isOpen)
            {
                return false;
            }

            body = segment.Output + segment.Filled - ReplyHead;
            isOpen = segment.Filled == segment.Length;
        }

        return true;
    }

    /// <summary>Moves all written bytes to <paramref name="writes"/>. False: there is not enough memory.</summary>
    public bool TryMoveTo(DeferredWrites writes)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Segment segment = ref _segments[index];
            if (segment.Filled == 0)
            {
                continue;
            }

            if (segment.IsPlaced)
            {
                writes.AddPlaced(segment.Address, segment.Filled, segment.Output);
            }
            else
            {
                if (!writes.TryAdd(OutputOf(segment)[..segment.Filled], segment.Address))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private Span<byte> InputOf(in Segment segment) => (segment.IsPlaced ? _shared!.Bytes : _received).Slice(segment.Input, segment.Length);

    private Span<byte> OutputOf(in Segment segment) => (segment.IsPlaced ? _shared!.Bytes : _reply).Slice(segment.Output, segment.Length);

    private struct Segment
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
