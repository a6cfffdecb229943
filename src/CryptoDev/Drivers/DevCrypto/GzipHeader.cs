using System.Buffers.Binary;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The header of a gzip message (RFC 1952 section 2.3). NetBSD's kernel takes one header and no other. Everybody else's has a time, a name
/// or another system in it, so it is replaced before the kernel gets the message.
/// </summary>
internal static class GzipHeader
{
    private const byte HasChecksum = 2;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;
    private const byte Reserved = 0xE0;
    private const int FlagsAt = 3;

    /// <summary>The kernel's: deflate, no flags, no time, no extra flags, Unix.</summary>
    public static ReadOnlySpan<byte> OfTheKernel => [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03];

    /// <summary>The length of a message's header in bytes, or -1 if it does not begin with one.</summary>
    public static int LengthOf(ReadOnlySpan<byte> message)
    {
        int length = OfTheKernel.Length;
        if (message.Length < length || !message.StartsWith(OfTheKernel[..FlagsAt]) || (message[FlagsAt] & Reserved) != 0)
        {
            return -1;
        }

        byte flags = message[FlagsAt];
        if ((flags & HasExtra) != 0)
        {
            length =
                message.Length < length + sizeof(ushort)
                    ? message.Length
                    : length + sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(message[length..]);
        }

        length = (flags & HasName) != 0 ? BehindText(message, length) : length;
        length = (flags & HasComment) != 0 ? BehindText(message, length) : length;
        if ((flags & HasChecksum) == 0)
        {
            return length <= message.Length ? length : -1;
        }

        return
            length + sizeof(ushort) <= message.Length
            && BinaryPrimitives.ReadUInt16LittleEndian(message[length..]) == (ushort)Crc32.Of(message[..length])
            ? length + sizeof(ushort)
            : -1;
    }

    /// <summary>The place behind a text that ends with a zero byte; beyond the message if it does not end.</summary>
    private static int BehindText(ReadOnlySpan<byte> message, int start)
    {
        int end = start < message.Length ? message[start..].IndexOf((byte)0) : -1;
        return end < 0 ? message.Length + 1 : start + end + 1;
    }
}
