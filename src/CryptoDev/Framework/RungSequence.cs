using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Opens the next session that can be opened, and describes it. False when there is none left.</summary>
    /// <param name="session">The driver's session.</param>
    /// <param name="description">What runs it, and the drivers that were passed over.</param>
    /// <param name="isInProcess">Whether it computes in this process, without a system call.</param>
    public bool TryOpenNext(
        [NotNullWhen(true)] out DriverSession? session,
        [NotNullWhen(true)] out SessionDriver? description,
        out bool isInProcess
    )
    {
        while (_ranked.MoveNext())
        {
            _tried++;
            (ICryptoDriver driver, DriverVerdict verdict) = _ranked.Current;
            try
            {
                session = SessionOpener.Open(driver, _parameters, verdict, _registry.ChecksDrivers);
                description = session.Driver with { PassedOver = Refusals.PassedOver };
                isInProcess = driver.Info.IsInProcess;
                return true;
            }
            catch (CryptoDevException error)
            {
                // The rung accepted the probe and failed to open: a module was unloaded, a device removed, or descriptors ran out. The next
                // rung may work.
                Refusals.AddFailure(driver.Info.Name, error);
            }
        }

        session = null;
        description = null;
        isInProcess = false;
        return false;
    }

    /// <summary>Records that the last opened session failed after all.</summary>
    public void PassOver(CryptoDevException error) => Refusals.AddFailure(_ranked.Current.Driver.Info.Name, error);

    /// <summary>Records that the last opened session cannot take the requested operation.</summary>
    public void PassOver(string reason) => Refusals.AddRefusal(_ranked.Current.Driver.Info.Name, Operation, reason);

    /// <summary>The exception when no rung succeeded.</summary>
    public CryptoDevException Failure() => Refusals.ToException(_policy, Operation);
}
