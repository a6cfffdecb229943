namespace CryptoDev.Drivers.Software;

/// <summary>The NULL cipher: the output equals the input.</summary>
internal sealed class NullCipherSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CountingContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<CountingContext> rental = new(Contexts);
        int length = op.Source.Length;
        op.Source.CopyTo(op.Destination);
        rental.Finish(length);
        return length;
    }

    private protected override CountingContext CreateContext() => new();
}

/// <summary>NULL-HMAC: the tag is zeros, as on NetBSD.</summary>
internal sealed class NullMacSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CountingContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<CountingContext> rental = new(Contexts);
        op.Tag.Clear();
        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    private protected override CountingContext CreateContext() => new();

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
            // There is no state to free.
        }
    }
}
