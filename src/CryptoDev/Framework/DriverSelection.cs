using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>Probe, rank, open: the one place where a session gets its driver. Key operations are ranked here too.</summary>
internal static class DriverSelection
{
    public static Session Open(DriverRegistry registry, SessionParameters parameters, DriverPolicy policy)
    {
        List<PassedOverDriver> passedOver = [];
        Hold(parameters);
        try
        {
            foreach (
                (ICryptoDriver driver, DriverVerdict verdict) in Rank(
                    Candidates(registry, registry.Rungs, policy),
                    policy,
                    driver => SessionOpener.Probe(driver, parameters),
                    "for this session",
                    passedOver
                )
            )
            {
                try
                {
                    DriverSession session = SessionOpener.Open(driver, parameters, verdict);
                    return new Session(parameters, session, session.Driver with { PassedOver = passedOver });
                }
                catch (CryptoDevException error)
                {
                    // It was there when probed: a module unloaded, a device pulled, descriptors used up. The next rung may do.
                    passedOver.Add(new PassedOverDriver(driver.Info.Name, error.Message));
                }
            }
        }
        catch
        {
            Release(parameters);
            throw;
        }

        Release(parameters);
        throw new CryptoDevException(
            Native.LibC.ENODEV,
            policy.ToString(),
            $"open session {parameters}",
            $"no driver can: {string.Join("; ", passedOver.Select(one => $"{one.Driver}: {one.Reason}"))}."
        );
    }

    /// <summary>
    /// Those of the candidates that accept, best first as the policy has it; the others go to <paramref name="passedOver"/> with their
    /// reasons.
    /// </summary>
    public static IEnumerable<(ICryptoDriver Driver, DriverVerdict Verdict)> Rank(
        IEnumerable<ICryptoDriver> candidates,
        DriverPolicy policy,
        Func<ICryptoDriver, DriverVerdict> probe,
        string forWhat,
        List<PassedOverDriver> passedOver
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
                : policy.Kind != DriverPolicy.PolicyKind.Pinned ? verdict.OnlyWhenPinned
                : null;
            if (refusal is not null)
            {
                passedOver.Add(new PassedOverDriver(driver.Info.Name, refusal));
            }
            else if (policy.Kind == DriverPolicy.PolicyKind.HardwarePreferred)
            {
                accepted.Add((driver, verdict));
            }
            else
            {
                // Lazily: a rung below the one that opens is never probed.
                yield return (driver, verdict);
            }
        }

        foreach ((ICryptoDriver Driver, DriverVerdict Verdict) candidate in accepted.OrderBy(PlaceWhenHardwareIsPreferred))
        {
            if (candidate.Verdict.Kind != DriverKind.Hardware && !passedOver.Exists(one => one.Driver == "hardware"))
            {
                passedOver.Add(new PassedOverDriver("hardware", $"no rung has a hardware driver {forWhat}"));
            }

            yield return candidate;
        }
    }

    /// <summary>Hardware, then libcrypto, then kernel CPU code; the sort is stable, so rungs keep their order within a place.</summary>
    private static int PlaceWhenHardwareIsPreferred((ICryptoDriver Driver, DriverVerdict Verdict) candidate) =>
        candidate.Verdict.Kind == DriverKind.Hardware ? 0
        : candidate.Driver.Info.IsInProcess ? 1
        : 2;

    /// <summary>The drivers that a policy lets be asked, in order.</summary>
    public static IEnumerable<ICryptoDriver> Candidates(DriverRegistry registry, IReadOnlyList<ICryptoDriver> rungs, DriverPolicy policy) =>
        policy.Kind switch
        {
            DriverPolicy.PolicyKind.Pinned => policy.Names.Select(registry.Find),
            DriverPolicy.PolicyKind.SoftwareOnly => rungs.Where(rung => rung.Info.IsInProcess),
            _ => rungs,
        };

    private static string Describe(DriverKind kind) => kind == DriverKind.Accelerated ? "accelerated CPU code" : "plain CPU code";

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
