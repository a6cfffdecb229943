using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// A cipher and a MAC in one kernel session: one ioctl per message. It is used where the dialect's order is the requested one in both
/// directions. The call cannot express some messages: associated data, an empty message, lengths that it refuses, or a tag action against
/// the direction (verify when encrypting, compute when decrypting). Those run on two sessions of the same device, one after the other.
/// </summary>
internal sealed class DevCryptoCipherAndMacSession : DevCryptoSession
{
    private readonly Func<int, DriverSession> _openPart;
    private readonly Lock _apartLock = new();
    private readonly AlgorithmNumber _row;
    private readonly MacOrder _order;
    private readonly int _tagLength;
    private readonly int _blockMask;
    private CipherAndMacSession? _apart;
    private bool _disposed;

    /// <param name="opening">The joint session.</param>
    /// <param name="openPart">Opens one of the two sessions alone.</param>
    public DevCryptoCipherAndMacSession(DevCryptoOpening opening, Func<int, DriverSession> openPart)
        : base(opening)
    {
        SessionParameters parameters = opening.Recipe.Parameters;
        _row = opening.Recipe.First;
        _order = parameters.MacOrder;
        _tagLength = parameters.Transforms[1].EffectiveTagLength;
        _blockMask = _row.BlockSize - 1;
        _openPart = openPart;
        MaxMessageLength = MessageLimit(opening.Caller, opening.Facts, opening.Recipe);
    }

    public override long MaxMessageLength { get; }

    public override long MaxAssociatedDataLength => Caller.HasLimit ? Caller.MostBytes : long.MaxValue;

    public override long MaxTotalLength => MaxAssociatedDataLength;

    public override SessionStatistics Statistics => Contexts.Statistics + (Volatile.Read(ref _apart)?.Statistics ?? default);

    /// <summary>
    /// What is too long for one call runs on two sessions. The MAC alone takes any length only where the kernel hashes in pieces.
    /// </summary>
    public static long MessageLimit(DeviceCaller caller, DeviceSessionFacts facts, DeviceRecipe recipe) =>
        caller.HasLimit ? caller.MostBytes : DevCryptoCipherSession.MessageLimit(facts, recipe);

    public override DriverSession? Part(int transform) => Apart().Part(transform);

    public override int Process(in CryptOp op)
    {
        bool encrypts = op.Direction == CryptDirection.Encrypt;
        int length = op.Source.Length;
        return
            length == 0
            || length > Facts.MostBytes
            || (length & _blockMask) != 0
            || !op.AssociatedData.IsEmpty
            || (op.VerifiesTag == encrypts)
            ? Apart().Process(in op)
            : ProcessJoint(in op, encrypts);
    }

    public override void Dispose()
    {
        base.Dispose();
        lock (_apartLock)
        {
            _disposed = true;
            _apart?.Dispose();
        }
    }

    /// <summary>
    /// The two separate sessions, opened when first needed. A failure leaves neither open and is not remembered: the next operation tries
    /// again. After Dispose no session is opened any more.
    /// </summary>
    private CipherAndMacSession Apart()
    {
        if (Volatile.Read(ref _apart) is { } opened)
        {
            return opened;
        }

        lock (_apartLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
            if (_apart is null)
            {
                DriverSession cipher = _openPart(0);
                try
                {
                    Volatile.Write(ref _apart, new CipherAndMacSession(cipher, _openPart(1), _order, _tagLength));
                }
                catch
                {
                    cipher.Dispose();
                    throw;
                }
            }

            return _apart;
        }
    }

    private int ProcessJoint(in CryptOp op, bool encrypts)
    {
        Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
        if (!encrypts)
        {
            // FreeBSD 13 compares this tag. The other systems write theirs over it.
            op.ExpectedTag.CopyTo(digest);
        }

        using Rental<DevCryptoContext> rental = new(Contexts);
        int result = Call(rental.Context, in op, digest);
        if (result == -LibC.EBADMSG && !encrypts)
        {
            rental.Refuse();
            return TagMismatch;
        }

        if (result < 0)
        {
            throw Failed(result, "process a message");
        }

        if (encrypts)
        {
            digest[.._tagLength].CopyTo(op.Tag);
        }
        else if (!CryptographicOperations.FixedTimeEquals(digest[.._tagLength], op.ExpectedTag))
        {
            CryptographicOperations.ZeroMemory(digest);
            rental.Refuse();
            return TagMismatch;
        }

        CryptographicOperations.ZeroMemory(digest);
        rental.Finish(op.Source.Length);
        return op.Source.Length;
    }

    private unsafe int Call(DevCryptoContext context, in CryptOp op, Span<byte> digest)
    {
        Span<byte> given = stackalloc byte[AlgorithmLimits.LongestBlock];
        given = given[.._row.EncodeIv(op.Iv, given)];

        // SAFETY: the spans stay pinned until the ioctl has returned.
        fixed (
            byte* from = &op.Source.Span.Start(),
                to = &op.Destination.Start(),
                start = &given.Start(),
                mac = &digest.Start()
        )
        {
            PinnedSpans pinned = new((nint)from, (nint)to, given.IsEmpty ? 0 : (nint)start, 0, (nint)mac);

            // On Linux every call resets the MAC. Otherwise a session whose last message was refused half way would continue that hash.
            return Caller.Crypt(
                CryptCall.FromOp(context.Id, in op, in pinned, Caller.Codec.FlagsFor(_order, op.Direction) | CryptCallFlags.Reset)
            );
        }
    }
}
