using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// The rungs of one session, best first. A message runs on the first rung that takes its size. The first rung is opened with the session,
/// another one when a message needs it: because the rungs above do not take its size, or because one above has no memory
/// (<see cref="RungSession"/>). What is open stays open until the session is closed. The keys are held by the session, so that a rung can
/// be opened at any time.
/// </summary>
internal sealed class SessionLadder : IDisposable
{
    private readonly SessionParameters _parameters;
    private readonly bool _authenticates;
    private readonly long _longest;
    private readonly Lock _lock = new();
    private readonly List<RungSession> _opened = [];
    private RungSequence? _below;
    private volatile RungSession[] _rungs = [];
    private bool _disposed;

    private SessionLadder(SessionParameters parameters, RungSequence? below)
    {
        _parameters = parameters;
        _below = below;
        _authenticates = parameters.Mode is SessionMode.Aead or SessionMode.Digest or SessionMode.CipherAndMac;
        _longest = Math.Min(AlgorithmLimits.LongestMessage, parameters.Transforms.Min(transform => transform.LongestMessage));
    }

    /// <summary>Called under the lock when <see cref="First"/> is another one, or its trial is over.</summary>
    public Action<RungSession>? FirstChanged { get; set; }

    /// <summary>The first rung that works, as far as is known.</summary>
    public RungSession First => _rungs[0];

    /// <summary>Each driver that was opened and has a part in the session, with what it did.</summary>
    public IReadOnlyList<DriverShare> Shares
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _opened
                        .Select(rung => (IsLeft: rung.IsPassedOver, Share: new DriverShare(rung.Description, rung.Statistics)))
                        .Where(rung => !rung.IsLeft || rung.Share.Statistics is not { Operations: 0, Bytes: 0, Failures: 0 })
                        .Select(rung => rung.Share),
                ];
            }
        }
    }

    /// <summary>The counters of all rungs.</summary>
    public SessionStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return _opened.Aggregate(default(SessionStatistics), (sum, rung) => sum + rung.Statistics);
            }
        }
    }

    /// <summary>The longest message that a rung takes. The rungs below are opened until one takes every message.</summary>
    public long MaxMessageLength => Reach().Max(rung => rung.Takes.Message);

    /// <summary>The most associated data that a rung takes with an empty message; 0 where none is authenticated.</summary>
    public long MaxAssociatedDataLength => _authenticates ? Reach().Max(rung => Math.Min(rung.Takes.AssociatedData, rung.Takes.Total)) : 0;

    /// <summary>Opens the first rung that can be opened.</summary>
    /// <exception cref="CryptoDevException">There is none.</exception>
    public static SessionLadder Open(SessionParameters parameters, RungSequence rungs)
    {
        SessionLadder ladder = new(parameters, rungs);
        return ladder.OpenNext(null) is not null ? ladder : throw rungs.Failure();
    }

    /// <summary>A ladder of one rung that is open already.</summary>
    public static SessionLadder Of(SessionParameters parameters, DriverSession session, SessionDriver description)
    {
        SessionLadder ladder = new(parameters, null);
        ladder.Add(new RungSession(ladder, parameters, description.Name, session, description) { IsProven = true });
        return ladder;
    }

    /// <summary>The first rung that takes such a message. Null if there is none.</summary>
    /// <exception cref="ObjectDisposedException">The session is closed.</exception>
    public RungSession? Find(long associatedData, long message) =>
        FirstOf(_rungs, associatedData, message) ?? FindBelow(associatedData, message);

    /// <summary>The same. Without such a rung the length is the caller's mistake.</summary>
    /// <exception cref="ArgumentException">No rung takes the message.</exception>
    public RungSession Require(long associatedData, long message) =>
        Find(associatedData, message)
        ?? throw CryptOpValidator.TooLong(_parameters.Transforms[0].Algorithm, associatedData, message, Largest(associatedData));

    /// <summary>
    /// The rung for a message whose length is not known: the first that takes a running message of any length, or the one that takes the
    /// longest.
    /// </summary>
    public RungSession ForAnyLength()
    {
        if (Array.Find(_rungs, static rung => rung.MaxRunningLength == long.MaxValue) is { } found)
        {
            return found;
        }

        lock (_lock)
        {
            while (OpenNext(null) is { } opened)
            {
                if (opened.MaxRunningLength == long.MaxValue)
                {
                    return opened;
                }
            }

            return _rungs.MaxBy(rung => rung.MaxRunningLength)!;
        }
    }

    /// <summary>The rung of a driver's session.</summary>
    public RungSession RungOf(DriverSession session)
    {
        if (session is RungSession rung)
        {
            return rung;
        }

        foreach (RungSession candidate in _rungs)
        {
            if (candidate.Owns(session))
            {
                return candidate;
            }
        }

        return First;
    }

    /// <summary>Ends the trial of a rung: it stays, and an error is the caller's.</summary>
    public void Stay(RungSession rung)
    {
        lock (_lock)
        {
            if (!rung.IsProven && !rung.IsPassedOver)
            {
                rung.IsProven = true;
                if (TakesAll(rung.Takes))
                {
                    _below = null;
                }

                if (rung == First)
                {
                    FirstChanged?.Invoke(rung);
                }
            }
        }
    }

    /// <summary>
    /// Passes over a rung whose first operation failed. The result is the rung that runs the operation. Null when the error is final: the
    /// rung has done operations in the meantime, or there is no other rung.
    /// </summary>
    public RungSession? PassOver(RungSession failed, long associatedData, long message, CryptoDevException error)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
            if (failed.IsPassedOver)
            {
                // Another thread's operation failed in the same way and has already moved on.
                return Find(associatedData, message);
            }

            if (failed.IsProven)
            {
                return null;
            }

            RungSession[] all = _rungs;
            int at = Array.IndexOf(all, failed);
            _below?.PassOver(failed.Name, error);
            RungSession? next = FirstOf(all.AsSpan(at + 1), associatedData, message);
            while (next is null && OpenNext(failed) is { } opened)
            {
                next = opened.Takes.Take(associatedData, message) ? opened : null;
            }

            if (next is null)
            {
                // There is no rung below, so this rung now behaves like any other.
                Stay(failed);
                return null;
            }

            foreach (RungSession rung in all.AsSpan(at + 1))
            {
                rung.Description = WithFailure(rung.Description, failed.Name, error);
            }

            failed.PassOver(next);
            _rungs = [.. _rungs.Where(rung => rung != failed)];
            if (at == 0)
            {
                FirstChanged?.Invoke(First);
            }

            return next;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _below = null;
            foreach (RungSession rung in _rungs)
            {
                rung.Dispose();
            }
        }
    }

    private static RungSession? FirstOf(ReadOnlySpan<RungSession> rungs, long associatedData, long message)
    {
        foreach (RungSession rung in rungs)
        {
            if (rung.Takes.Take(associatedData, message))
            {
                return rung;
            }
        }

        return null;
    }

    private static SessionDriver WithFailure(SessionDriver description, string failed, CryptoDevException error) =>
        description with
        {
            PassedOver =
            [
                .. description.PassedOver.Select(one => one.Driver == failed ? new PassedOverDriver(failed, error.Message) : one),
            ],
        };

    private RungSession? FindBelow(long associatedData, long message)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Session));
            RungSession? found = FirstOf(_rungs, associatedData, message);
            while (found is null && OpenNext(null) is { } opened)
            {
                found = opened.Takes.Take(associatedData, message) ? opened : null;
            }

            return found;
        }
    }

    /// <summary>
    /// Opens one more rung. The ones above are told as passed over: by their limits, or <paramref name="failed"/> by its error.
    /// </summary>
    private RungSession? OpenNext(RungSession? failed)
    {
        if (_below is not { } below)
        {
            return null;
        }

        foreach (RungSession above in _rungs)
        {
            if (above != failed)
            {
                below.PassOver(above.Name, above.Takes);
            }
        }

        if (below.TryOpenNext() is not { } opened)
        {
            _below = null;
            return null;
        }

        RungSession rung = new(this, _parameters, opened.Name, opened.Session, opened.Description);
        bool isLast = !below.MayHaveMore;
        rung.IsProven = opened.IsInProcess || isLast;
        if (isLast || (rung.IsProven && TakesAll(rung.Takes)))
        {
            _below = null;
        }

        Add(rung);
        return rung;
    }

    private void Add(RungSession rung)
    {
        _opened.Add(rung);
        _rungs = [.. _rungs, rung];
    }

    /// <summary>The rungs, after the ones below were opened until one takes every message.</summary>
    private RungSession[] Reach()
    {
        lock (_lock)
        {
            while (!_disposed && !Array.Exists(_rungs, rung => TakesAll(rung.Takes)) && OpenNext(null) is not null)
            {
                // One more rung is open.
            }

            return _rungs;
        }
    }

    /// <summary>The limits that a refused message was nearest to.</summary>
    private MessageLimits Largest(long associatedData) =>
        _rungs.Select(rung => rung.Takes).MaxBy(limits => Math.Min(limits.Message, limits.Total - associatedData));

    /// <summary>Whether a driver takes every message that a caller can give and the algorithm allows.</summary>
    private bool TakesAll(MessageLimits limits) => limits.Message >= _longest && (!_authenticates || limits.Take(int.MaxValue, _longest));
}
