using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>A cipher and a MAC session of one driver, run as one: for drivers that take one transform at a time.</summary>
internal sealed class CipherAndMacSession(DriverSession cipher, DriverSession mac, MacOrder order, int tagLength) : DriverSession
{
    private long _mismatches;

    /// <summary>The cipher's driver, but no more hardware than the MAC's.</summary>
    public override SessionDriver Driver { get; } = SessionOpener.Describe([cipher, mac]);

    public override long MaxMessageLength => Math.Min(cipher.MaxMessageLength, mac.MaxMessageLength);

    public override SessionStatistics Statistics => cipher.Statistics + new SessionStatistics(0, 0, Interlocked.Read(ref _mismatches));

    public override DriverSession? Part(int transform) => transform == 0 ? cipher : mac;

    public override int Process(in CryptOp op)
    {
        Span<byte> computed = stackalloc byte[AlgorithmLimits.LongestDigest];
        computed = computed[..tagLength];
        bool macFirst = (op.Direction == CryptDirection.Encrypt) == (order == MacOrder.MacPlaintext);
        if (macFirst)
        {
            Mac(op.AssociatedData, op.Source, computed);
            if (op.VerifiesTag && !CryptographicOperations.FixedTimeEquals(computed, op.ExpectedTag))
            {
                return Mismatch();
            }
        }

        cipher.Process(
            new CryptOp
            {
                Direction = op.Direction,
                Source = op.Source,
                Destination = op.Destination,
                Iv = op.Iv,
            }
        );
        if (!macFirst)
        {
            Mac(op.AssociatedData, op.Destination[..op.Source.Length], computed);
            if (op.VerifiesTag && !CryptographicOperations.FixedTimeEquals(computed, op.ExpectedTag))
            {
                return Mismatch();
            }
        }

        if (!op.VerifiesTag)
        {
            computed.CopyTo(op.Tag);
        }

        return op.Source.Length;
    }

    public override DigestState BeginDigest() => throw new InvalidOperationException("A cipher+MAC session has no running digest.");

    public override void Dispose()
    {
        cipher.Dispose();
        mac.Dispose();
    }

    /// <summary>Counted here: each part did its own work without fault.</summary>
    private int Mismatch()
    {
        Interlocked.Increment(ref _mismatches);
        return TagMismatch;
    }

    private void Mac(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> message, Span<byte> tag) =>
        mac.Process(
            new CryptOp
            {
                AssociatedData = associatedData,
                Source = message,
                Tag = tag,
                TagAction = TagAction.Compute,
            }
        );
}
