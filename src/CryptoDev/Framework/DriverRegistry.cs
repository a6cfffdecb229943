using CryptoDev.Drivers;
using CryptoDev.Drivers.AfAlg;
using CryptoDev.Drivers.Software;

namespace CryptoDev.Framework;

/// <summary>The drivers of this process, top rung first, and how a name finds one.</summary>
internal sealed class DriverRegistry(IReadOnlyList<ICryptoDriver> rungs)
{
    /// <summary>The rungs, top first.</summary>
    public IReadOnlyList<ICryptoDriver> Rungs { get; } = rungs;

    public static DriverRegistry CreateDefault() => new([new AfAlgDriver(), SoftwareDriver.Instance]);

    public IReadOnlyList<DriverInfo> List() => [.. Rungs.SelectMany(rung => rung.Members.Prepend(rung.Info))];

    /// <summary>The driver of that name: a rung, or one behind it after a colon.</summary>
    /// <exception cref="ArgumentException">There is no such rung, or it has nothing to pin.</exception>
    public ICryptoDriver Find(string name)
    {
        string[] parts = name.Split(':', 2);
        ICryptoDriver rung = Rungs.FirstOrDefault(candidate => candidate.Info.Name == parts[0])
            ?? throw new ArgumentException($"'{name}' is not a driver; drivers are {string.Join(", ", Rungs.Select(candidate => candidate.Info.Name))}.", nameof(name));
        return parts.Length == 1
            ? rung
            : rung.Pin(parts[1]) ?? throw new ArgumentException($"'{name}' is not a driver: {parts[0]} has no drivers behind it to choose from.", nameof(name));
    }
}
