using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// The sessions that a policy allows for given parameters, best first. Each is opened when it is requested. A rung below the opened one is
/// not probed. For one thread at a time.
/// </summary>
internal sealed class RungSequence
{
    private readonly DriverRegistry _registry;
    private readonly SessionParameters _parameters;
    private readonly DriverPolicy _policy;
    private readonly IEnumerator<(ICryptoDriver Driver, DriverVerdict Verdict)> _ranked;
    private readonly int _candidates;
    private int _tried;

    public RungSequence(DriverRegistry registry, SessionParameters parameters, DriverPolicy policy)
    {
        _registry = registry;
        _parameters = parameters;
        _policy = policy;
        ICryptoDriver[] candidates = [.. DriverSelection.Candidates(registry, registry.Rungs, policy)];
        _candidates = candidates.Length;
        _ranked = DriverSelection
            .Rank(candidates, policy, driver => SessionOpener.Probe(driver, parameters), "for this session", Operation, Refusals)
            .GetEnumerator();
    }

    /// <summary>The drivers passed over so far.</summary>
    public RefusalList Refusals { get; } = new();

    /// <summary>Whether there is a rung that was not yet probed or opened.</summary>
    public bool MayHaveMore => _tried + Refusals.RefusedCount < _candidates;

    private string Operation => $"open session {_parameters}";

    /// <summary>Opens the next session that can be opened. Null when there is none left.</summary>
    public OpenedRung? TryOpenNext()
    {
        while (_ranked.MoveNext())
        {
            _tried++;
            (ICryptoDriver driver, DriverVerdict verdict) = _ranked.Current;
            string name = driver.Info.Name;
            try
            {
                DriverSession session = SessionOpener.Open(driver, _parameters, verdict, _registry.ChecksDrivers);
                if (session.Limits.Take(_parameters.MaxAssociatedDataLength, _parameters.MaxMessageLength))
                {
                    return new OpenedRung(name, session, session.Driver with { PassedOver = Refusals.PassedOver }, driver.Info.IsInProcess);
                }

                session.Dispose();
                PassOver(name, session.Limits);
            }
            catch (CryptoDevException error)
            {
                // The rung accepted the probe and failed to open: a module was unloaded, a device removed, or descriptors ran out. The next
                // rung may work.
                Refusals.AddFailure(name, error);
            }
        }

        return null;
    }

    /// <summary>Records that an opened session failed after all.</summary>
    public void PassOver(string name, CryptoDevException error) => Refusals.AddFailure(name, error);

    /// <summary>Records that an opened session takes no messages that are longer than its limits.</summary>
    public void PassOver(string name, MessageLimits limits) => Refusals.AddLimit(name, Operation, limits.ToString());

    /// <summary>The exception when no rung succeeded.</summary>
    public CryptoDevException Failure() => Refusals.ToException(_policy, Operation);
}

/// <summary>A rung that was opened.</summary>
/// <param name="Name">The name of its driver, as the policy knows it.</param>
/// <param name="Session">The driver's session.</param>
/// <param name="Description">What runs it, and the drivers that were passed over.</param>
/// <param name="IsInProcess">Whether it computes in this process, without a system call.</param>
internal sealed record OpenedRung(string Name, DriverSession Session, SessionDriver Description, bool IsInProcess);
