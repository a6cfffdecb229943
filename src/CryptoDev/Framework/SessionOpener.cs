using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Opens a session on one driver. For a driver that takes one transform at a time, it composes cipher+MAC and chains from single sessions.
/// </summary>
internal static class SessionOpener
{
    public static DriverVerdict Probe(ICryptoDriver driver, SessionParameters parameters)
    {
        DriverVerdict verdict = driver.Probe(parameters);
        if (verdict.MustCompose)
        {
            verdict = ProbeEach(driver, parameters);
        }

        return verdict.Accepted && verdict.MaxMessageLength < parameters.MaxMessageLength
            ? DriverVerdict.No(
                $"it takes messages of at most {verdict.MaxMessageLength} bytes and {parameters.MaxMessageLength} were asked for"
            )
            : verdict;
    }

    /// <param name="driver">The driver that accepted.</param>
    /// <param name="parameters">The accepted parameters.</param>
    /// <param name="verdict">The driver's verdict.</param>
    /// <param name="checks">Whether the calls of the session are checked against the contract.</param>
    public static DriverSession Open(ICryptoDriver driver, SessionParameters parameters, DriverVerdict verdict, bool checks)
    {
        if (!verdict.IsComposed)
        {
            return OpenOne(driver, parameters, checks);
        }

        List<DriverSession> parts = [];
        try
        {
            for (int i = 0; i < parameters.Transforms.Count; i++)
            {
                parts.Add(OpenOne(driver, parameters.ForTransform(i), checks));
            }
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }

        return parameters.Mode == SessionMode.CipherAndMac
            ? new CipherAndMacSession(parts[0], parts[1], parameters.MacOrder, parameters.Transforms[1].EffectiveTagLength)
            : new ChainSession(parts);
    }

    /// <summary>Describes a composed session: the first part's driver, with the lowest kind of all parts, as in the verdict.</summary>
    public static SessionDriver Describe(IReadOnlyList<DriverSession> parts) =>
        parts[0].Driver with
        {
            Kind = parts.Min(part => part.Driver.Kind),
        };

    private static DriverSession OpenOne(ICryptoDriver driver, SessionParameters parameters, bool checks)
    {
        DriverSession session = driver.OpenSession(parameters);
        session = checks ? DriverContract.Check(session, parameters) : session;
        return parameters.Mode == SessionMode.Cipher ? PiecedSession.Over(session, parameters.Transforms[0].Algorithm) : session;
    }

    private static DriverVerdict ProbeEach(ICryptoDriver driver, SessionParameters parameters)
    {
        DriverKind kind = DriverKind.Hardware;
        long limit = long.MaxValue;
        string? kernelDriver = null;
        for (int i = 0; i < parameters.Transforms.Count; i++)
        {
            DriverVerdict verdict = driver.Probe(parameters.ForTransform(i));
            if (!verdict.Accepted)
            {
                return verdict;
            }

            // A chain has the lowest kind of its parts and the shortest of their message limits.
            kind = (DriverKind)Math.Min((int)kind, (int)verdict.Kind);
            limit = Math.Min(limit, verdict.MaxMessageLength);
            kernelDriver ??= verdict.KernelDriver;
        }

        return DriverVerdict.Composed(kind, limit, kernelDriver);
    }
}
