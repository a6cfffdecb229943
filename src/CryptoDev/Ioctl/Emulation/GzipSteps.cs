using System.Buffers.Binary;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// gzip as NetBSD's kernel has it: one header and no other, a deflate message, and the checksum and the length in the last eight bytes. A
/// longer header (a name, a time, another system), bytes behind the message and a second member are refused.
/// </summary>
internal static class GzipSteps
{
    private const int TailLength = 8;

    /// <summary>Deflate, no flags, no time, no extra flags, Unix (RFC 1952 section 2.3).</summary>
    private static ReadOnlySpan<byte> Header => [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03];

    /// <summary>Compresses a message.</summary>
    /// <param name="deflate">The framework's session of deflate.</param>
    /// <param name="source">The message.</param>
    /// <param name="result">The room for the result.</param>
    /// <returns>The length of the result in bytes.</returns>
    /// <exception cref="ArgumentException">The result does not fit.</exception>
    public static int Compress(Session deflate, ReadOnlySpan<byte> source, Span<byte> result)
    {
        int frame = Header.Length + TailLength;
        if (result.Length < frame)
        {
            throw new ArgumentException($"A gzip message has more than {frame} bytes.", nameof(result));
        }

        int length = deflate.Process(
            new CryptOp
            {
                Direction = CryptDirection.Encrypt,
                Source = source,
                Destination = result[Header.Length..^TailLength],
            }
        );
        Header.CopyTo(result);
        Span<byte> tail = result.Slice(Header.Length + length, TailLength);
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Crc32.Of(source));
        BinaryPrimitives.WriteUInt32LittleEndian(tail[sizeof(uint)..], (uint)source.Length);
        return frame + length;
    }

    /// <summary>Expands a message. It is checked whole before its length is held against the room.</summary>
    /// <param name="deflate">The framework's session of deflate.</param>
    /// <param name="source">The compressed message.</param>
    /// <param name="result">The room for the result.</param>
    /// <param name="scratch">The quota for the memory of a result that does not fit.</param>
    /// <param name="written">The length of the result in bytes.</param>
    /// <returns>0, EINVAL for what is not such a message, ENOSPC for one that is longer than the room, or ENOMEM.</returns>
    public static int Expand(Session deflate, ReadOnlySpan<byte> source, Span<byte> result, Quota scratch, out int written)
    {
        written = 0;
        if (source.Length <= Header.Length + TailLength || !source.StartsWith(Header))
        {
            return LibC.EINVAL;
        }

        ReadOnlySpan<byte> body = source[Header.Length..^TailLength];
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(source[^TailLength..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[^sizeof(uint)..]);
        if (length > CompressionSteps.LongestExpansion(body.Length))
        {
            return LibC.EINVAL;
        }

        if (length <= result.Length)
        {
            written = (int)length;
            return ExpandExactly(deflate, body, result[..written], sum);
        }

        if (!RentedBytes.TryRent(scratch, length, out RentedBytes room))
        {
            return LibC.ENOMEM;
        }

        using (room)
        {
            int error = ExpandExactly(deflate, body, room.Bytes, sum);
            return error != 0 ? error : LibC.ENOSPC;
        }
    }

    private static int ExpandExactly(Session deflate, ReadOnlySpan<byte> body, Span<byte> room, uint sum)
    {
        try
        {
            int length = deflate.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = body,
                    Destination = room,
                }
            );
            return length == room.Length && Crc32.Of(room) == sum ? 0 : LibC.EINVAL;
        }
        catch (ArgumentException)
        {
            // It is longer than it says.
            return LibC.EINVAL;
        }
    }
}
