using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>Selects the random generator that a policy requests.</summary>
internal static class RandomSelection
{
    public static RandomGenerator Open(DriverRegistry registry, DriverPolicy policy, ReadOnlySpan<byte> seed)
    {
        const string Operation = "open random generator";
        RefusalList refusals = new();
        IEnumerable<string> names = policy.Kind switch
        {
            DriverPolicy.PolicyKind.Pinned => policy.Names,
            DriverPolicy.PolicyKind.SoftwareOnly => registry.Rungs.Where(rung => rung.Info.IsInProcess).Select(rung => rung.Info.Name),
            _ => registry.Rungs.Select(rung => rung.Info.Name),
        };
        foreach (string name in names)
        {
            string[] parts = name.Split(':', 2);
            if (registry.Find(parts[0]) is not IRandomDriver driver)
            {
                refusals.AddRefusal(name, Operation, "it has no random generator");
                continue;
            }

            try
            {
                return driver.OpenRandomGenerator(parts.Length == 1 ? null : parts[1], seed);
            }
            catch (CryptoDevException error)
            {
                refusals.AddFailure(name, error);
            }
        }

        throw refusals.ToException(policy, Operation);
    }
}
