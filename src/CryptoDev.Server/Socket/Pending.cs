using System.Buffers;
using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>What goes to places that the caller did not offer: kept until the ioctl ends, then sent in messages of their own.</summary>
internal sealed class Pending
{
    private const int ReplyHead = 32;
    private const int SegmentSize = 24;
    private const int Kept = 64 << 10;

    private readonly ArrayBufferWriter<cds_segment> _segments = new();
    private byte[] _bytes = [];
    private int _used;

    public bool IsEmpty => _segments.WrittenCount == 0;

    public void Add(ReadOnlySpan<byte> source, ulong address)
    {
        while (source.Length > 0)
        {
            ReadOnlySpan<byte> piece = source[..Math.Min(source.Length, ShimProtocol.CDS_PIECE)];
            Grow(piece.Length);
            piece.CopyTo(_bytes.AsSpan(_used));
            _segments.Write([
                new cds_segment
                {
                    address = address,
                    length = (uint)piece.Length,
                    place = (ulong)_used,
                },
            ]);
            _used += piece.Length;
            address += (ulong)piece.Length;
            source = source[piece.Length..];
        }
    }

    public void AddPlaced(ulong address, int length, int place) =>
        _segments.Write([
            new cds_segment
            {
                address = address,
                length = (uint)length,
                flags = ShimProtocol.CDS_PLACED,
                place = (ulong)place,
            },
        ]);

    /// <summary>Puts over <paramref name="bytes"/> what was written there.</summary>
    public void Overlay(ulong address, Span<byte> bytes)
    {
        foreach (cds_segment segment in _segments.WrittenSpan)
        {
            if ((segment.flags & ShimProtocol.CDS_PLACED) == 0)
            {
                Overlay(segment.address, _bytes.AsSpan((int)segment.place, (int)segment.length), address, bytes);
            }
        }
    }

    /// <summary>Puts the part of <paramref name="written"/> that lies within over <paramref name="bytes"/>.</summary>
    public static void Overlay(ulong writtenAt, ReadOnlySpan<byte> written, ulong address, Span<byte> bytes)
    {
        ulong first = Math.Max(writtenAt, address);
        ulong end = Math.Min(writtenAt + (ulong)written.Length, address + (ulong)bytes.Length);
        if (first < end)
        {
            written.Slice((int)(first - writtenAt), (int)(end - first)).CopyTo(bytes[(int)(first - address)..]);
        }
    }

    /// <summary>How many messages it takes.</summary>
    public int Messages()
    {
        int messages = 0;
        for (int next = 0; next < _segments.WrittenCount; messages++)
        {
            next += Batch(next, out _);
        }

        return messages;
    }

    /// <summary>Sends them. False: the client is gone.</summary>
    public bool Send(int socket, byte[] message)
    {
        for (int next = 0; next < _segments.WrittenCount; )
        {
            int count = Batch(next, out int bytes);
            ReadOnlySpan<cds_segment> batch = _segments.WrittenSpan.Slice(next, count);
            cds_reply head = new() { type = ShimProtocol.CDS_WRITES, count = (uint)count };
            MemoryMarshal.Write(message, head);
            MemoryMarshal.AsBytes(batch).CopyTo(message.AsSpan(ReplyHead));
            int at = ReplyHead + (count * SegmentSize);
            foreach (cds_segment segment in batch)
            {
                if ((segment.flags & ShimProtocol.CDS_PLACED) == 0)
                {
                    _bytes.AsSpan((int)segment.place, (int)segment.length).CopyTo(message.AsSpan(at));
                    at += (int)segment.length;
                }
            }

            if (at != ReplyHead + (count * SegmentSize) + bytes || !LocalSocket.Send(socket, message.AsSpan(0, at)))
            {
                return false;
            }

            next += count;
        }

        return true;
    }

    /// <summary>For the next call. Results are nobody's business any more.</summary>
    public void Clear()
    {
        if (_used > 0)
        {
            _bytes.AsSpan(0, _used).Clear();
            _used = 0;
        }

        if (_bytes.Length > Kept)
        {
            _bytes = [];
        }

        _segments.ResetWrittenCount();
    }

    private int Batch(int first, out int bytes)
    {
        int count = 0;
        bytes = 0;
        ReadOnlySpan<cds_segment> rest = _segments.WrittenSpan[first..];
        foreach (cds_segment segment in rest)
        {
            int length = (segment.flags & ShimProtocol.CDS_PLACED) != 0 ? 0 : (int)segment.length;
            if (count == ShimProtocol.CDS_SEGMENTS || bytes + length > ShimProtocol.CDS_PIECE)
            {
                break;
            }

            count++;
            bytes += length;
        }

        return count;
    }

    private void Grow(int more)
    {
        if (_bytes.Length - _used >= more)
        {
            return;
        }

        byte[] larger = new byte[Math.Max(_used + more, Math.Max(4096, _bytes.Length * 2))];
        _bytes.AsSpan(0, _used).CopyTo(larger);
        _bytes.AsSpan(0, _used).Clear();
        _bytes = larger;
    }
}
