using System.Buffers;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>
/// A session on a rung that has not done an operation yet, together with the rungs below it. A rung can open and then have no memory for a
/// single operation (AF_ALG under a small net.core.optmem_max). Such a rung is passed over, and the operation runs on the next one. After
/// the first success the session above replaces this object by the rung's own session.
/// </summary>
internal sealed class LadderSession : DriverSession
{
    private readonly SessionParameters _parameters;
    private readonly Lock _lock = new();
    private readonly List<DriverSession> _left = [];
    private volatile RungSequence? _rungs;
    private volatile DriverSession _current;
    private volatile SessionDriver _description;
    private readonly MessageCounters _counters = new();
    private long _thrown;
    private bool _disposed;

    /// <summary>Takes over <paramref name="rungs"/> and the session that it opened last.</summary>
    public LadderSession(SessionParameters parameters, DriverSession first, SessionDriver description, RungSequence rungs)
    {
        _parameters = parameters;
        _current = first;
        _description = description;
        _rungs = rungs;
    }

    /// <summary>
    /// Called under the lock with the current session. True means that this rung is final, so its session may replace this object.
    /// </summary>
    public Action<DriverSession, bool>? Changed { get; set; }

    /// <summary>What runs the session now, and the drivers that were passed over, with the reasons.</summary>
    public SessionDriver Description => _description;

    public override SessionDriver Driver => _current.Driver;

    public override long MaxMessageLength => _current.MaxMessageLength;

    public override long MaxAssociatedDataLength => _current.MaxAssociatedDataLength;

    public override int PieceLength => _current.PieceLength;

    public override int PieceUnit => _current.PieceUnit;

    /// <summary>
    /// The counters of the current rung, and the successful operations of the rungs before it. An operation that continued on a lower rung
    /// has not failed.
    /// </summary>
    public override SessionStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                SessionStatistics sum = _current.Statistics + _counters.Sum;
                foreach (DriverSession left in _left)
                {
                    sum += new SessionStatistics(left.Statistics.Operations, left.Statistics.Bytes, 0);
                }

                return sum;
            }
        }
    }

    /// <summary>Runs a long message piece by piece, so that the first piece shows whether the rung works.</summary>
    public override int Process(in CryptOp op) =>
        _parameters.Mode == SessionMode.Cipher && !PieceRunner.Fits(_current, op.Source.Length)
            ? PieceRunner.Process(this, _parameters.Transforms[0].Algorithm, in op, _counters)
            : Run(null, in op);

    public override DriverSession? Part(int transform)
    {
        DriverSession? part = _current.Part(transform);
        return part is null ? null
            : ReferenceEquals(part, _current) ? this
            : new LadderPart(this, transform);
    }

    public override void Submit(CryptRun run)
    {
        if (_rungs is null)
        {
            _current.Submit(run);
        }
        else
        {
            base.Submit(run);
        }
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv)
    {
        if (_rungs is not null && algorithm.Chaining != IvChaining.InTransform)
        {
            // Each piece then calls Process of this object.
            return base.BeginCipher(algorithm, direction, iv);
        }

        Prove();
        return _current.BeginCipher(algorithm, direction, iv);
    }

    public override DigestState BeginDigest()
    {
        Prove();
        return _current.BeginDigest();
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _rungs = null;
            _current.Dispose();
        }
    }

    /// <summary>Runs one operation on the whole session, or on one of its transforms.</summary>
    private int Run(int? part, in CryptOp op)
    {
        if (_rungs is null)
        {
            return Of(_current, part).Process(in op);
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

            return RunFirst(part, op with { Source = source });
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

    private int RunFirst(int? part, in CryptOp op)
    {
        while (true)
        {
            DriverSession current = _current;
            DriverSession runs = Of(current, part);
            CryptOpValidator.CheckLimit(_parameters.Transforms[part ?? 0].Algorithm, op.Source.Length, runs.MaxMessageLength);
            try
            {
                int written = runs.Process(in op);
                if (!op.Source.IsEmpty || !op.AssociatedData.IsEmpty)
                {
                    Stay(current);
                }

                return written;
            }
            catch (CryptoDevException error)
            {
                if (error.Errno is not (LibC.ENOMEM or LibC.ENOBUFS))
                {
                    Interlocked.Increment(ref _thrown);
                    throw;
                }

                if (!TryMoveOn(current, part, op.Source.Length, error))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// A running state cannot be moved to another rung. So a small operation, which is no message of the caller, tests the rung first.
    /// </summary>
    private void Prove()
    {
        if (_rungs is null)
        {
            return;
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
        _counters.Add(-1, -1, 0);
    }

    /// <summary>
    /// Moves to the next rung. False when the error is final: the rung has done operations in the meantime, or there is no other rung.
    /// </summary>
    private bool TryMoveOn(DriverSession failed, int? part, int length, CryptoDevException error)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
            if (_current != failed)
            {
                // Another thread's operation failed in the same way and has already moved on.
                return true;
            }

            if (_rungs is not { } rungs)
            {
                return false;
            }

            rungs.PassOver(error);
            while (rungs.TryOpenNext(out DriverSession? next, out SessionDriver? description, out bool isInProcess))
            {
                if (length > Of(next, part).MaxMessageLength)
                {
                    rungs.PassOver($"it takes messages of at most {Of(next, part).MaxMessageLength} bytes and {length} were given");
                    next.Dispose();
                    continue;
                }

                _left.Add(failed);
                _counters.Add(0, 0, Interlocked.Exchange(ref _thrown, 0));
                _description = description;
                _current = next;
                failed.Dispose();
                Change(next, stays: isInProcess || !rungs.MayHaveMore);
                return true;
            }

            // There is no rung below, so this session now behaves like any other.
            Change(failed, stays: true);
            return false;
        }
    }

    private void Stay(DriverSession succeeded)
    {
        lock (_lock)
        {
            if (_current == succeeded && _rungs is not null)
            {
                Change(succeeded, stays: true);
            }
        }
    }

    private void Change(DriverSession current, bool stays)
    {
        if (stays)
        {
            _rungs = null;
        }

        Changed?.Invoke(current, stays);
    }

    private static DriverSession Of(DriverSession session, int? part) => part is { } index ? session.Part(index)! : session;

    /// <summary>One transform of a composed session, on the current rung of the whole session.</summary>
    private sealed class LadderPart(LadderSession ladder, int transform) : DriverSession
    {
        public override SessionDriver Driver => ladder.Driver;

        public override long MaxMessageLength => Of(ladder._current, transform).MaxMessageLength;

        public override long MaxAssociatedDataLength => Of(ladder._current, transform).MaxAssociatedDataLength;

        public override SessionStatistics Statistics => default;

        public override int Process(in CryptOp op) => ladder.Run(transform, in op);

        public override DigestState BeginDigest() => throw new InvalidOperationException("A part has no running digest.");

        public override void Dispose()
        {
            // The whole session owns it.
        }
    }
}
