using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>NetBSD's compression: one ioctl, which returns the length of the result.</summary>
internal sealed class DevCryptoCompressionSession(DevCryptoOpening opening) : DevCryptoSession(opening)
{
    /// <summary>The most bytes that the headers and checksum of gzip, and the headers of stored blocks, add to a small message.</summary>
    private const int LargestOverhead = 64;

    /// <summary>
    /// The bytes behind a deflate message when it is tried for its end. They are more than the longest table of codes, so they reach the
    /// data that follows it.
    /// </summary>
    private const int TrialLength = 320;

    private readonly bool _isGzip = opening.Recipe.First.Algorithm!.Libcrypto.Gzip;

    public override long MaxMessageLength => _isGzip ? Caller.MostBytes : Caller.MostBytes - TrialLength;

    public override int Process(in CryptOp op)
    {
        using Rental<DevCryptoContext> rental = new(Contexts);
        DevCryptoContext context = rental.Context;
        bool compresses = op.Direction == CryptDirection.Encrypt;

        // The kernel reads a length of 0 as the length of the message, so an empty destination is replaced by a buffer of one byte.
        Span<byte> one = stackalloc byte[1];
        Span<byte> room = op.Destination.IsEmpty ? one : op.Destination;
        int result = compresses ? Call(context, op.Direction, op.Source, room) : Expand(context, op.Source, room);
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

    /// <summary>Expands a message that is whole. -EINVAL for what is not.</summary>
    private int Expand(DevCryptoContext context, ReadOnlySpan<byte> source, Span<byte> room)
    {
        Span<byte> joined = default;
        int header = _isGzip ? GzipHeader.LengthOf(source) : -1;
        if (header >= 0 && !source.StartsWith(GzipHeader.OfTheKernel))
        {
            joined = context.Join(GzipHeader.OfTheKernel, source[header..]);
            source = joined;
        }

        int result = Call(context, CryptDirection.Decrypt, source, room);
        if (result > 0 && !_isGzip)
        {
            result = CheckEnd(context, source, room, result);
        }
        else if (result == -LibC.EINVAL && IsOfNothing(context, source))
        {
            result = 0;
        }

        DevCryptoContext.Clear(joined);
        return result;
    }

    /// <summary>
    /// Tests whether a deflate message has its end. The kernel expands a message that was cut as far as it goes, and reports no error.
    /// Behind the end it reads nothing, so more bytes change nothing there. A message without its end goes on with them: bytes of ones and
    /// of zeros are no code of the same meaning, so one of the two changes the result or is refused.
    /// </summary>
    /// <returns>The length of the result, or a negated errno value: -EINVAL for a message without its end.</returns>
    private int CheckEnd(DevCryptoContext context, ReadOnlySpan<byte> source, Span<byte> room, int length)
    {
        Span<byte> trial = context.Scratch(source.Length + TrialLength);
        source.CopyTo(trial);
        int result = length;
        foreach (byte filler in (ReadOnlySpan<byte>)[byte.MaxValue, byte.MinValue])
        {
            trial[source.Length..].Fill(filler);
            int again = result == length ? Call(context, CryptDirection.Decrypt, trial, room) : result;
            result = again is >= 0 or -LibC.ENOSPC && again != length ? -LibC.EINVAL : again;
        }

        DevCryptoContext.Clear(trial);
        return result;
    }

    /// <summary>
    /// Whether the source is what the kernel produces for an empty message. NetBSD refuses to expand that, with the error number that it
    /// has for broken data.
    /// </summary>
    private bool IsOfNothing(DevCryptoContext context, ReadOnlySpan<byte> source)
    {
        Span<byte> room = stackalloc byte[LargestOverhead];
        return Call(context, CryptDirection.Encrypt, default, room) == source.Length && room[..source.Length].SequenceEqual(source);
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
