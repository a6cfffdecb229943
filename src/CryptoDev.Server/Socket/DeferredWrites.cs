using System.Buffers;
using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// Results for addresses for which the caller offered no segment. They are kept until the ioctl ends and then sent in separate messages.
/// The first block stays for the next ioctl. The others go back to the system at once, so a peak of one client leaves nothing behind.
/// </summary>
/// <param name="users">Counts the bytes.</param>
/// <param name="user">The user for whom they are counted.</param>
internal sealed class DeferredWrites(UserCounts users, uint user)
{
    private const int ReplyHead = 32;
    private const int SegmentSize = 24;

    // A piece never spans two blocks.
    private const int BlockSize = 4 * ShimProtocol.CDS_PIECE;

    private readonly ArrayBufferWriter<cds_segment> _segments = new();
    private readonly List<WorkMemoryHandle> _blocks = [];
    private int _used;

    public bool IsEmpty => _segments.WrittenCount == 0;

    /// <summary>A write did not fit, so the kept results are not complete.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Keeps a copy. False: the user has no memory left.</summary>
    public bool TryAdd(ReadOnlySpan<byte> source, ulong address)
    {
        while (source.Length > 0)
        {
            ReadOnlySpan<byte> piece = source[..Math.Min(source.Length, ShimProtocol.CDS_PIECE)];
            if (IsFull || !TryGrow(piece.Length))
            {
                IsFull = true;
                return false;
            }

            piece.CopyTo(BytesAt(_used, piece.Length));
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

        return true;
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

    /// <summary>Copies the kept results that overlap the range over <paramref name="bytes"/>.</summary>
    public void Overlay(ulong address, Span<byte> bytes)
    {
        foreach (cds_segment segment in _segments.WrittenSpan)
        {
            if ((segment.flags & ShimProtocol.CDS_PLACED) == 0)
            {
                Overlay(segment.address, BytesAt((int)segment.place, (int)segment.length), address, bytes);
            }
        }
    }

    /// <summary>Copies the part of <paramref name="written"/> that overlaps the range over <paramref name="bytes"/>.</summary>
    public static void Overlay(ulong writtenAt, ReadOnlySpan<byte> written, ulong address, Span<byte> bytes)
    {
        ulong first = Math.Max(writtenAt, address);
        ulong end = Math.Min(writtenAt + (ulong)written.Length, address + (ulong)bytes.Length);
        if (first < end)
        {
            written.Slice((int)(first - writtenAt), (int)(end - first)).CopyTo(bytes[(int)(first - address)..]);
        }
    }

    /// <summary>The number of messages needed.</summary>
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
                    BytesAt((int)segment.place, (int)segment.length).CopyTo(message.AsSpan(at));
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

    /// <summary>Zeroes the kept results and makes the blocks free for the next call.</summary>
    public void Clear() => Shrink(1);

    /// <summary>Frees all blocks, after the last call.</summary>
    public void Release() => Shrink(0);

    private void Shrink(int kept)
    {
        if (_blocks.Count > kept)
        {
            for (int block = kept; block < _blocks.Count; block++)
            {
                _blocks[block].Dispose();
            }

            users.GiveBack(user, UserResource.Memory, (long)(_blocks.Count - kept) * BlockSize);
            _blocks.RemoveRange(kept, _blocks.Count - kept);
        }

        if (_used > 0 && kept > 0)
        {
            _blocks[0].Bytes.Clear();
        }

        _used = 0;
        IsFull = false;
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

    private Span<byte> BytesAt(int place, int length) => _blocks[place / BlockSize].Bytes.Slice(place % BlockSize, length);

    private bool TryGrow(int more)
    {
        int inBlock = _used % BlockSize;
        if (inBlock + more > BlockSize)
        {
            _used += BlockSize - inBlock;
        }

        if (_used + more <= _blocks.Count * BlockSize)
        {
            return true;
        }

        if (_used > int.MaxValue - (2 * BlockSize) || !users.TryTake(user, UserResource.Memory, BlockSize))
        {
            return false;
        }

        try
        {
            _blocks.Add(WorkMemoryHandle.Allocate(BlockSize));
            return true;
        }
        catch (OutOfMemoryException)
        {
            users.GiveBack(user, UserResource.Memory, BlockSize);
            return false;
        }
    }
}
