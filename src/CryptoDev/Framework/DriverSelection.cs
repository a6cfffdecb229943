using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>Probe, rank, open: the only place that selects the driver of a session. Key operations are ranked here too.</summary>
internal static class DriverSelection
{
    public static Session Open(DriverRegistry registry, SessionParameters parameters, DriverPolicy policy)
    {
        RungSequence rungs = new(registry, parameters, policy);
        Hold(parameters);
        try
        {
            return new Session(parameters, SessionLadder.Open(parameters, rungs));
        }
        catch
        {
            Release(parameters);
            throw;
        }
    }

    /// <summary>
    /// The candidates that accept, best first by the policy. The others go to <paramref name="refusals"/> with their reasons.
    /// </summary>
    public static IEnumerable<(ICryptoDriver Driver, DriverVerdict Verdict)> Rank(
        IEnumerable<ICryptoDriver> candidates,
        DriverPolicy policy,
        Func<ICryptoDriver, DriverVerdict> probe,
        string forWhat,
        string operation,
        RefusalList refusals
    )
    {
        List<(ICryptoDriver Driver, DriverVerdict Verdict)> accepted = [];
        foreach (ICryptoDriver driver in candidates)
        {
            DriverVerdict verdict = probe(driver);
            string? refusal =
                !verdict.Accepted ? verdict.Reason
                : policy.Kind == DriverPolicy.PolicyKind.HardwareOnly && verdict.Kind != DriverKind.Hardware
                    ? $"it is {Describe(verdict.Kind)}, not hardware"
                : !policy.Allows(verdict.Kind) ? $"it is {Describe(verdict.Kind)}, which is switched off"
                : policy.Kind != DriverPolicy.PolicyKind.Pinned ? verdict.OnlyWhenPinned
                : null;
            if (refusal is not null)
            {
                refusals.AddRefusal(driver.Info.Name, operation, refusal, verdict.Cure, verdict.Errno);
            }
            else if (policy.Kind == DriverPolicy.PolicyKind.HardwarePreferred)
            {
                accepted.Add((driver, verdict));
            }
            else
            {
                // Lazily, so that a rung below the one that opens is never probed.
                yield return (driver, verdict);
            }
        }

        foreach ((ICryptoDriver Driver, DriverVerdict Verdict) candidate in accepted.OrderBy(PlaceWhenHardwareIsPreferred))
        {
            if (candidate.Verdict.Kind != DriverKind.Hardware)
            {
                refusals.AddOnce("hardware", $"no rung has a hardware driver {forWhat}");
            }

            yield return candidate;
        }
    }

    /// <summary>Hardware, then libcrypto, then kernel CPU code. The sort is stable, so rungs keep their order within one rank.</summary>
    private static int PlaceWhenHardwareIsPreferred((ICryptoDriver Driver, DriverVerdict Verdict) candidate) =>
        candidate.Verdict.Kind == DriverKind.Hardware ? 0
        : candidate.Driver.Info.IsInProcess ? 1
        : 2;

    /// <summary>The drivers that the policy allows, in order.</summary>
    public static IEnumerable<ICryptoDriver> Candidates(DriverRegistry registry, IReadOnlyList<ICryptoDriver> rungs, DriverPolicy policy) =>
        policy.Kind switch
        {
            DriverPolicy.PolicyKind.Pinned => policy.Names.Select(registry.Find),
            DriverPolicy.PolicyKind.SoftwareOnly => rungs.Where(rung => rung.Info.IsInProcess),
            _ => rungs,
        };

    private static string Describe(DriverKind kind) =>
        kind switch
        {
            DriverKind.Hardware => "hardware",
            DriverKind.Accelerated => "accelerated CPU code",
            _ => "plain CPU code",
        };

    private static void Hold(SessionParameters parameters)
    {
        int held = 0;
        try
        {
            for (; held < parameters.Transforms.Count; held++)
            {
                parameters.Transforms[held].Key?.AddReference();
            }
        }
        catch
        {
            while (held-- > 0)
            {
                parameters.Transforms[held].Key?.ReleaseReference();
            }

            throw;
        }
    }

    private static void Release(SessionParameters parameters)
    {
        foreach (CryptoTransform transform in parameters.Transforms)
        {
            transform.Key?.ReleaseReference();
        }
    }
}
