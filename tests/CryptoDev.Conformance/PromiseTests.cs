using CryptoDev.Conformance.Support;
using Xunit;
using Xunit.Sdk;

namespace CryptoDev.Conformance;

/// <summary>tests/lab/promises: what each kernel has is written down, and both a loss and a gain are news.</summary>
public sealed class PromiseTests
{
    private static readonly string s_machine =
        Targets.DevicePromises is not null ? Dialect()
        : DeviceUnderTest.Emulated is { } form ? $"emulated-{form.Replace(' ', '-')}"
        : Targets.Served is { } driver ? $"{Targets.Kernel}+served-{driver}"
        : Targets.Kernel;

    [Fact]
    public void What_this_machine_serves_is_what_was_promised()
    {
        HashSet<string> found = [];
        foreach (DriverInfo driver in Targets.Drivers.Where(driver => !Targets.IsMember(driver.Name) || driver.Kind == DriverKind.Hardware))
        {
            foreach (CryptoAlgorithm algorithm in driver.Algorithms)
            {
                found.Add($"{driver.Name} {algorithm}");
            }
        }

        HashSet<string> promised = [.. Promised(s_machine).Where(pair => Targets.Only is null || pair.Split(' ', ':')[0] == Targets.Only)];

        // The host may be any machine, with kernel drivers or without; only its software rung is promised, and what a device that is
        // emulated here serves.
        if (!Targets.InLab && Targets.DevicePromises is null)
        {
            found.RemoveWhere(pair =>
                !pair.StartsWith(Targets.Software, StringComparison.Ordinal)
                && !(DeviceUnderTest.Emulated is not null && pair.StartsWith(Targets.DevCrypto, StringComparison.Ordinal))
            );
        }

        string[] missing = [.. promised.Except(found).Order()];
        string[] news = Targets.DevicePromises is null ? [.. found.Except(promised).Order()] : [];
        if (promised.Count == 0 || missing.Length + news.Length > 0)
        {
            throw new XunitException(
                $"tests/lab/promises has {promised.Count} promises for '{s_machine}'.\nPromised and missing: "
                    + $"{List(missing)}\nFound and not promised: {List(news)}"
            );
        }
    }

    /// <summary>What the device speaks: "freebsd-14" of "freebsd 14 at /dev/crypto".</summary>
    private static string Dialect() =>
        Targets.Drivers.Single(driver => driver.Name == Targets.DevCrypto).Implementation?.Split(" at ")[0].Replace(' ', '-')
        ?? "no device";

    private static string List(string[] pairs) => pairs.Length == 0 ? "none" : string.Join("; ", pairs);

    private static IEnumerable<string> Promised(string kernel)
    {
        using Stream stream = Targets.DevicePromises is { } path
            ? File.OpenRead(path)
            : typeof(PromiseTests).Assembly.GetManifestResourceStream("promises")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length > 0 && words[0].Split(',') is var kernels && (kernels.Contains(kernel) || kernels.Contains("*")))
            {
                foreach (string algorithm in words.Skip(2))
                {
                    yield return $"{words[1]} {CryptoAlgorithm.Parse(algorithm)}";
                }
            }
        }
    }
}
