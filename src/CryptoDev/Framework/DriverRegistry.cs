using CryptoDev.Drivers;
using CryptoDev.Drivers.AfAlg;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Drivers.Software;

namespace CryptoDev.Framework;

/// <summary>The drivers of this process, top rung first, and how a name finds one.</summary>
internal sealed class DriverRegistry(IReadOnlyList<ICryptoDriver> rungs, params IReadOnlyList<ICryptoDriver> keyOnly)
{
    /// <summary>The rungs, top first.</summary>
    public IReadOnlyList<ICryptoDriver> Rungs { get; } = rungs;

    /// <summary>The rungs for key operations, top first: those that have nothing else stand before the one in process.</summary>
    public IReadOnlyList<ICryptoDriver> KeyRungs { get; } = [.. rungs.Where(rung => !rung.Info.IsInProcess), .. keyOnly, .. rungs.Where(rung => rung.Info.IsInProcess)];

    public static DriverRegistry CreateDefault() => new([new AfAlgDriver(), SoftwareDriver.Instance], KeyringDriver.Instance);

    public IReadOnlyList<DriverInfo> List() => [.. Rungs.SelectMany(rung => rung.Members.Prepend(rung.Info))];

    /// <summary>The driver of that name: a rung, or one behind it after a colon.</summary>
    /// <exception cref="ArgumentException">There is no such rung, or it has nothing to pin.</exception>
    public ICryptoDriver Find(string name)
    {
        string[] parts = name.Split(':', 2);
        ICryptoDriver rung = KeyRungs.FirstOrDefault(candidate => candidate.Info.Name == parts[0])
            ?? throw new ArgumentException($"'{name}' is not a driver; drivers are {string.Join(", ", KeyRungs.Select(candidate => candidate.Info.Name))}.", nameof(name));
        return parts.Length == 1
            ? rung
            : rung.Pin(parts[1]) ?? throw new ArgumentException($"'{name}' is not a driver: {parts[0]} has no drivers behind it to choose from.", nameof(name));
    }
}
