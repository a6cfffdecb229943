using System.Diagnostics.CodeAnalysis;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// The sessions that a policy lets parameters have, best first, each opened when it is asked for. A rung below the one that was opened is
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

    /// <summary>Who was passed over so far.</summary>
    public RefusalList Refusals { get; } = new();

    /// <summary>Whether a rung is left that was not asked or not tried.</summary>
    public bool MayHaveMore => _tried + Refusals.RefusedCount < _candidates;

    private string Operation => $"open session {_parameters}";

    /// <summary>Opens the next that does, with what describes it; false when there is none left.</summary>
    /// <param name="session">The driver's session.</param>
    /// <param name="description">What runs it, and who was passed over.</param>
    /// <param name="isInProcess">Whether it computes here, without a system call.</param>
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
                // It was there when probed: a module unloaded, a device pulled, descriptors used up. The next rung may do.
                Refusals.AddFailure(driver.Info.Name, error);
            }
        }

        session = null;
        description = null;
        isInProcess = false;
        return false;
    }

    /// <summary>The one that was opened last is of no use after all.</summary>
    public void PassOver(CryptoDevException error) => Refusals.AddFailure(_ranked.Current.Driver.Info.Name, error);

    /// <summary>The one that was opened last does not take what is asked of it.</summary>
    public void PassOver(string reason) => Refusals.AddRefusal(_ranked.Current.Driver.Info.Name, Operation, reason);

    /// <summary>No rung did.</summary>
    public CryptoDevException Failure() => Refusals.ToException(_policy, Operation);
}
