using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>NetBSD's compression: one ioctl, which returns the length of the result.</summary>
internal sealed class DevCryptoCompressionSession(DevCryptoOpening opening) : DevCryptoSession(opening)
{
    /// <summary>The most bytes that the headers and checksum of gzip, and the headers of stored blocks, add to a small message.</summary>
    private const int LargestOverhead = 64;

    public override long MaxMessageLength => Caller.MostBytes;

    public override int Process(in CryptOp op)
    {
        using Rental<DevCryptoContext> rental = new(Contexts);
        DevCryptoContext context = rental.Context;
        bool compresses = op.Direction == CryptDirection.Encrypt;

        // The kernel reads a length of 0 as the length of the message, so an empty destination is replaced by a buffer of one byte.
        Span<byte> room = op.Destination.IsEmpty ? context.Scratch(1) : op.Destination;
        int result = Call(context, op.Direction, op.Source, room);
        if (result > op.Destination.Length)
        {
            result = -LibC.ENOSPC;
        }

        if (result >= 0)
        {
            rental.Finish(op.Source.Length);
            return result;
        }

        op.Destination.Clear();
        if (!compresses && result == -LibC.EINVAL && IsOfNothing(context, op.Source))
        {
            rental.Finish(op.Source.Length);
            return 0;
        }

        if (result == -LibC.ENOSPC)
        {
            int needed = compresses ? Measure(context, op.Source) : 0;
            rental.Refuse();
            throw new ArgumentException(
                needed > 0
                    ? $"The destination has {op.Destination.Length} bytes; {needed} are needed."
                    : $"The destination has {op.Destination.Length} bytes; the {(compresses ? "compressed" : "expanded")} message is "
                        + $"longer.",
                "destination"
            );
        }

        if (!compresses && result == -LibC.EINVAL)
        {
            rental.Refuse();
            throw new CryptoDevException(
                LibC.EBADMSG,
                Driver.Name,
                $"expand {Recipe.First.Algorithm}",
                $"the source is not whole {Recipe.First.Algorithm} data, or it is an empty message said in another way than the "
                    + "device would."
            );
        }

        throw Failed(result, compresses ? "compress a message" : "expand a message");
    }

    /// <summary>
    /// Whether the source is what the kernel produces for an empty message. NetBSD refuses to expand that, with the error number that it
    /// has for broken data. The time, effort and system in a gzip header (RFC 1952 2.3) may differ.
    /// </summary>
    private bool IsOfNothing(DevCryptoContext context, ReadOnlySpan<byte> source)
    {
        const int Says = 4;
        const int Header = 10;
        Span<byte> room = context.Scratch(LargestOverhead);
        if (Call(context, CryptDirection.Encrypt, default, room) != source.Length)
        {
            return false;
        }

        if (Recipe.First.Algorithm == CryptoAlgorithm.Gzip && source.Length > Header)
        {
            source[Says..Header].CopyTo(room[Says..]);
        }

        return room[..source.Length].SequenceEqual(source);
    }

    /// <summary>
    /// How long the result would have been. The kernel reports only that it did not fit. 0 where it does not fit even in the largest
    /// buffer.
    /// </summary>
    private int Measure(DevCryptoContext context, ReadOnlySpan<byte> source)
    {
        Span<byte> room = context.Scratch(source.Length + (source.Length / 8) + LargestOverhead);
        int result = Call(context, CryptDirection.Encrypt, source, room);
        DevCryptoContext.Clear(room);
        return Math.Max(result, 0);
    }

    private unsafe int Call(DevCryptoContext context, CryptDirection direction, ReadOnlySpan<byte> source, Span<byte> room)
    {
        // SAFETY: the spans stay pinned until the ioctl has returned.
        fixed (
            byte* from = &source.Start(),
                to = &room.Start()
        )
        {
            return Caller.Crypt(
                new CryptCall
                {
                    Session = context.Id,
                    Action = direction == CryptDirection.Encrypt ? CryptAction.Compress : CryptAction.Expand,
                    Length = (uint)source.Length,
                    Source = (nint)from,
                    Destination = (nint)to,
                    DestinationLength = (uint)room.Length,
                }
            );
        }
    }
}
