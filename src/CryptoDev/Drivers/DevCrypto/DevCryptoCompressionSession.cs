using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>NetBSD's compression: one ioctl, which tells how long the result is.</summary>
internal sealed class DevCryptoCompressionSession(DevCryptoOpening opening) : DevCryptoSession(opening)
{
    public override long MaxMessageLength => Caller.MostBytes;

    public override int Process(in CryptOp op)
    {
        // No room at all would mean to the kernel: as much as the message is long.
        int result = -LibC.ENOSPC;
        DevCryptoContext context = Pool.Rent();
        if (!op.Destination.IsEmpty)
        {
            result = Call(context, in op);
        }

        if (result >= 0)
        {
            Finish(context, op.Source.Length);
            return result;
        }

        op.Destination.Clear();
        bool compresses = op.Direction == CryptDirection.Encrypt;
        if (result == -LibC.ENOSPC)
        {
            context.Failures++;
            Pool.Return(context);
            throw new ArgumentException($"The destination has {op.Destination.Length} bytes; the {(compresses ? "compressed" : "expanded")} message is longer.", "destination");
        }

        if (!compresses && result == -LibC.EINVAL)
        {
            context.Failures++;
            Pool.Return(context);
            throw new CryptoDevException(LibC.EBADMSG, Driver.Name, $"expand {Recipe.First.Algorithm}", $"the source is not whole {Recipe.First.Algorithm} data.");
        }

        Fail(context, result, compresses ? "compress a message" : "expand a message");
        return result;
    }

    private unsafe int Call(DevCryptoContext context, in CryptOp op)
    {
        // SAFETY: the spans stay pinned until the ioctl has returned.
        fixed (byte* from = op.Source, to = op.Destination)
        {
            return Caller.Crypt(new CryptCall
            {
                Session = context.Id,
                Action = op.Direction == CryptDirection.Encrypt ? CryptAction.Compress : CryptAction.Expand,
                Length = (uint)op.Source.Length,
                Source = (nint)from,
                Destination = (nint)to,
                DestinationLength = (uint)op.Destination.Length,
            });
        }
    }
}
