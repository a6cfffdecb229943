using CryptoDev.Framework;

namespace CryptoDev.Drivers.Software;

/// <summary>A context that holds nothing but the counters.</summary>
internal sealed class CountingContext : RentedContext
{
    public override void Dispose()
    {
        // Nothing but counters.
    }
}

/// <summary>The NULL cipher: the identity.</summary>
internal sealed class NullCipherSession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<CountingContext>(transform, kind, static () => new CountingContext())
{
    public override int Process(in CryptOp op)
    {
        CountingContext context = Contexts.Rent();
        int length = op.Source.Length;
        op.Source.CopyTo(op.Destination);
        Finished(context, length);
        return length;
    }
}

/// <summary>NULL-HMAC: zeros, as NetBSD writes them.</summary>
internal sealed class NullMacSession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<CountingContext>(transform, kind, static () => new CountingContext())
{
    public override int Process(in CryptOp op)
    {
        CountingContext context = Contexts.Rent();
        op.Tag.Clear();
        Finished(context, op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest() => new NullDigestState();

    private sealed class NullDigestState : DigestState
    {
        public override void Update(ReadOnlySpan<byte> source)
        {
            // NULL-HMAC does not depend on the message.
        }

        public override void Final(Span<byte> destination) => destination.Clear();

        public override DigestState Clone() => new NullDigestState();

        public override void Dispose()
        {
            // No state.
        }
    }
}
