using System.CommandLine;

namespace CryptoDev.Cli;

/// <summary>The meaning of --driver: a policy by name, or drivers by name in order.</summary>
internal static class DriverChoice
{
    private static readonly Dictionary<string, DriverPolicy> s_policies = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ladder"] = DriverPolicy.Ladder,
        ["hardware-preferred"] = DriverPolicy.HardwarePreferred,
        ["hardware-only"] = DriverPolicy.HardwareOnly,
        ["software-only"] = DriverPolicy.SoftwareOnly,
    };

    /// <summary>The names of the policies.</summary>
    public static IReadOnlyCollection<string> PolicyNames => s_policies.Keys;

    /// <summary>A policy by its name.</summary>
    public static DriverPolicy NamedPolicy(string name) =>
        s_policies.TryGetValue(name, out DriverPolicy? policy)
            ? policy
            : throw CliException.Usage($"--policy takes {string.Join(", ", PolicyNames)}; '{name}' was given.");

    /// <summary>The option for commands that run on one driver.</summary>
    public static Option<string[]> Option() =>
        new("--driver")
        {
            HelpName = "DRIVER",
            Description =
                "A driver (devcrypto, af_alg, af_alg:KERNEL-DRIVER, software), several in order of preference, or a policy: "
                + "ladder (default), hardware-preferred, hardware-only, software-only. May be repeated or separated by commas.",
        };

    /// <summary>The requested policy, or null if the option was not given.</summary>
    public static DriverPolicy? Policy(string[]? given)
    {
        List<string> names = Names(given);
        if (names.Count == 0)
        {
            return null;
        }

        if (names.Count == 1 && s_policies.TryGetValue(names[0], out DriverPolicy? policy))
        {
            return policy;
        }

        return names.Find(s_policies.ContainsKey) is { } mixed
            ? throw CliException.Usage(
                $"--driver takes one policy or any number of drivers; '{mixed}' is a policy and stands among {names.Count} names."
            )
            : DriverPolicy.Pinned(names);
    }

    /// <summary>
    /// The given names, split at commas that are not inside parentheses: kernel driver names such as authenc(a,b) contain commas.
    /// </summary>
    public static List<string> Names(string[]? given)
    {
        List<string> names = [];
        foreach (string text in given ?? [])
        {
            int start = 0;
            int depth = 0;
            for (int i = 0; i <= text.Length; i++)
            {
                char character = i == text.Length ? ',' : text[i];
                depth += character switch
                {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
                if (i == text.Length || (character == ',' && depth <= 0))
                {
                    string name = text[start..i].Trim();
                    names.Add(name.Length > 0 ? name : throw CliException.Usage("--driver was given an empty name."));
                    start = i + 1;
                }
            }
        }

        return names;
    }
}
