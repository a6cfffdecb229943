using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>
/// A session's opened driver on one rung of its ladder. A rung can open and then have no memory for a single operation (AF_ALG under a
/// small net.core.optmem_max). So a rung is on trial until its first operation succeeds. If that fails for want of memory, the rung is
/// passed over: the operation runs on the next rung, from an input that was kept. After the trial this object is not on the way of an
/// operation any more: <see cref="Direct"/> is the driver's own session.
/// </summary>
internal sealed class RungSession : DriverSession, ICountingSession
{
    private readonly SessionLadder _ladder;
    private readonly SessionParameters _parameters;
    private readonly DriverSession _session;
    private readonly MessageCounters _counters = new();
    private volatile SessionDriver _description;
    private volatile RungSession? _successor;
    private volatile bool _isProven;
    private long _thrown;

    /// <param name="ladder">The ladder that this rung belongs to.</param>
    /// <param name="parameters">The session's parameters.</param>
    /// <param name="name">The name of the rung's driver, as the policy knows it.</param>
    /// <param name="session">The driver's session. This object owns it.</param>
    /// <param name="description">What runs it, and the drivers that were passed over.</param>
    public RungSession(SessionLadder ladder, SessionParameters parameters, string name, DriverSession session, SessionDriver description)
    {
        _ladder = ladder;
        _parameters = parameters;
        _session = session;
        _description = description;
        Name = name;
        Takes = session.Limits;
    }

    /// <summary>The name of the rung's driver, as the policy knows it.</summary>
    public string Name { get; }

    /// <summary>What this rung takes. It does not change, not when the rung is passed over either.</summary>
    public MessageLimits Takes { get; }

    /// <summary>What runs the rung, and the drivers that were passed over.</summary>
    public SessionDriver Description
    {
        get => _description;
        set => _description = value;
    }

    /// <summary>The driver's own session when the trial is over.</summary>
    public DriverSession Direct => _isProven ? _session : this;

    /// <summary>Whether its first operation failed and the next rung ran it.</summary>
    public bool IsPassedOver => _successor is not null;

    /// <summary>Whether its trial is over. The ladder ends it.</summary>
    public bool IsProven
    {
        get => _isProven;
        set => _isProven = value;
    }

    /// <summary>The counters of the rung that runs now what this one was to run.</summary>
    public MessageCounters Counters => Last._counters;

    public override SessionDriver Driver => Last._session.Driver;

    public override long MaxMessageLength => Last._session.MaxMessageLength;

    public override long MaxAssociatedDataLength => Last._session.MaxAssociatedDataLength;

    public override long MaxTotalLength => Last._session.MaxTotalLength;

    public override long MaxRunningLength => Last._session.MaxRunningLength;

    public override int PieceLength => Last._session.PieceLength;

    public override int PieceUnit => Last._session.PieceUnit;

    /// <summary>The counters of this rung alone. An operation that continued on a lower rung has not failed.</summary>
    public override SessionStatistics Statistics
    {
        get
        {
            SessionStatistics own = _session.Statistics;
            return _counters.Sum + (IsPassedOver ? new SessionStatistics(own.Operations, own.Bytes, Interlocked.Read(ref _thrown)) : own);
        }
    }

    private RungSession Last => _successor?.Last ?? this;

    /// <summary>Whether it is the rung of this driver's session.</summary>
    public bool Owns(DriverSession session) => ReferenceEquals(_session, session);

    /// <summary>Ends the rung: its operations run on another one from now on.</summary>
    public void PassOver(RungSession successor)
    {
        _successor = successor;
        _session.Dispose();
    }

    /// <summary>Runs a long message piece by piece, so that the first piece shows whether the rung works.</summary>
    public override int Process(in CryptOp op) =>
        _parameters.Mode == SessionMode.Cipher && !PieceRunner.Fits(this, op.Source.Length)
            ? PieceRunner.Process(this, _parameters.Transforms[0].Algorithm, in op, this)
            : Run(null, in op);

    public override DriverSession? Part(int transform)
    {
        DriverSession session = Last._session;
        DriverSession? part = session.Part(transform);
        return part is null ? null
            : ReferenceEquals(part, session) ? this
            : new RungPart(this, transform);
    }

    public override void Submit(CryptRun run)
    {
        if (_isProven)
        {
            _session.Submit(run);
        }
        else
        {
            base.Submit(run);
        }
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        _isProven ? _session.BeginCipher(algorithm, direction, iv)
        : algorithm.Chaining == IvChaining.InTransform ? Prove().BeginCipher(algorithm, direction, iv)
        // Each piece then calls Process of this object.
        : base.BeginCipher(algorithm, direction, iv);

    public override DigestState BeginDigest() => Prove().BeginDigest();

    public override void Dispose() => _session.Dispose();

    /// <summary>Runs one operation on the whole session, or on one of its transforms.</summary>
    private int Run(int? part, in CryptOp op)
    {
        if (_isProven)
        {
            return Of(_session, part).Process(in op);
        }

        // In place, a rung that fails may have overwritten the input that the next rung needs.
        byte[]? kept = op.Source.Span.Overlaps(op.Destination) ? ArrayPool<byte>.Shared.Rent(op.Source.Length) : null;
        try
        {
            ReadOnlySpan<byte> source = op.Source;
            if (kept is not null)
            {
                op.Source.CopyTo(kept);
                source = kept.AsSpan(0, op.Source.Length);
            }

            return Try(part, op with { Source = source });
        }
        finally
        {
            if (kept is not null)
            {
                CryptographicOperations.ZeroMemory(kept);
                ArrayPool<byte>.Shared.Return(kept);
            }
        }
    }

    private int Try(int? part, in CryptOp op)
    {
        if (_successor is { } successor)
        {
            return Elsewhere(successor, part, in op);
        }

        try
        {
            int written = Of(_session, part).Process(in op);
            if (!op.Source.IsEmpty || !op.AssociatedData.IsEmpty)
            {
                _ladder.Stay(this);
            }

            return written;
        }
        catch (CryptoDevException error)
        {
            RungSession? next = error.Errno is LibC.ENOMEM or LibC.ENOBUFS
                ? _ladder.PassOver(this, op.AssociatedData.Length, op.Source.Length, error)
                : null;
            if (next is null)
            {
                Interlocked.Increment(ref _thrown);
                throw;
            }

            return next.Run(part, in op);
        }
        catch (ObjectDisposedException)
        {
            // Another thread's first operation failed, and this rung was closed under the present one.
            if (_successor is { } other)
            {
                return Elsewhere(other, part, in op);
            }

            throw;
        }
    }

    private int Elsewhere(RungSession successor, int? part, in CryptOp op)
    {
        (int associatedData, int message) = (op.AssociatedData.Length, op.Source.Length);
        return successor.Takes.Take(associatedData, message)
            ? successor.Run(part, in op)
            : _ladder.Require(associatedData, message).Run(part, in op);
    }

    /// <summary>
    /// A running state cannot be moved to another rung. So a small operation, which is no message of the caller, tests the rung first.
    /// </summary>
    /// <returns>The session that passed.</returns>
    private DriverSession Prove()
    {
        if (_isProven)
        {
            return _session;
        }

        CryptoTransform transform = _parameters.Transforms[0];
        bool hashes = _parameters.Mode == SessionMode.Digest;
        Span<byte> one = stackalloc byte[1];
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        one.Clear();
        Run(
            null,
            new CryptOp
            {
                Source = one,
                Destination = hashes ? default : one,
                Tag = hashes ? tag[..transform.EffectiveTagLength] : default,
                TagAction = hashes ? TagAction.Compute : TagAction.Default,
            }
        );
        Counters.Add(-1, -1, 0);
        return Last._session;
    }

    private static DriverSession Of(DriverSession session, int? part) => part is { } index ? session.Part(index)! : session;

    /// <summary>One transform of a composed session, on the rung that runs the whole session.</summary>
    private sealed class RungPart(RungSession rung, int transform) : DriverSession
    {
        public override SessionDriver Driver => rung.Driver;

        public override long MaxMessageLength => Now.MaxMessageLength;

        public override long MaxAssociatedDataLength => Now.MaxAssociatedDataLength;

        public override long MaxTotalLength => Now.MaxTotalLength;

        public override SessionStatistics Statistics => default;

        private DriverSession Now => Of(rung.Last._session, transform);

        public override int Process(in CryptOp op) => rung.Run(transform, in op);

        public override DigestState BeginDigest() => throw new InvalidOperationException("A part has no running digest.");

        public override void Dispose()
        {
            // The whole session owns it.
        }
    }
}
