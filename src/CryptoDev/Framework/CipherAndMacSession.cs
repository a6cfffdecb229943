using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>A cipher session and a MAC session of one driver, run as one. For drivers that take one transform at a time.</summary>
internal sealed class CipherAndMacSession(DriverSession cipher, DriverSession mac, MacOrder order, int tagLength) : DriverSession
{
    private readonly MessageCounters _messages = new();

    /// <summary>The cipher's driver. Its kind is the lesser of the two sessions' kinds.</summary>
    public override SessionDriver Driver { get; } = SessionOpener.Describe([cipher, mac]);

    public override long MaxMessageLength => Math.Min(cipher.MaxMessageLength, mac.MaxMessageLength);

    public override long MaxAssociatedDataLength => mac.MaxAssociatedDataLength;

    /// <summary>The MAC covers both.</summary>
    public override long MaxTotalLength => mac.MaxTotalLength;

    /// <summary>Whole messages. Each part counts its own work separately.</summary>
    public override SessionStatistics Statistics => _messages.Sum;

    public override DriverSession? Part(int transform) => transform == 0 ? cipher : mac;

    public override int Process(in CryptOp op)
    {
        int written;
        try
        {
            written = Run(in op);
        }
        catch (CryptoDevException)
        {
            _messages.Add(0, 0, 1);
            throw;
        }

        bool matches = written != TagMismatch;
        _messages.Add(matches ? 1 : 0, matches ? op.Source.Length : 0, matches ? 0 : 1);
        return written;
    }

    public override DigestState BeginDigest() => throw new InvalidOperationException("A cipher+MAC session has no running digest.");

    public override void Dispose()
    {
        cipher.Dispose();
        mac.Dispose();
    }

    private int Run(in CryptOp op)
    {
        Span<byte> computed = stackalloc byte[AlgorithmLimits.LongestDigest];
        computed = computed[..tagLength];
        bool macFirst = (op.Direction == CryptDirection.Encrypt) == (order == MacOrder.MacPlaintext);
        if (macFirst)
        {
            Mac(op.AssociatedData, op.Source, computed);
            if (op.VerifiesTag && !CryptographicOperations.FixedTimeEquals(computed, op.ExpectedTag))
            {
                return TagMismatch;
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
                return TagMismatch;
            }
        }

        if (!op.VerifiesTag)
        {
            computed.CopyTo(op.Tag);
        }

        return op.Source.Length;
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
