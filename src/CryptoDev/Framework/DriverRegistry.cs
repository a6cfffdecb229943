using CryptoDev.Drivers;
using CryptoDev.Drivers.AfAlg;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Drivers.Software;

namespace CryptoDev.Framework;

/// <summary>The drivers of this process, top rung first. Finds a driver by name.</summary>
internal sealed class DriverRegistry(IReadOnlyList<ICryptoDriver> rungs, params IReadOnlyList<ICryptoDriver> keyOnly)
{
    /// <summary>
    /// Whether every call of a driver's session is checked against the contract. Debug builds of the library always check.
    /// </summary>
    public bool ChecksDrivers { get; init; } = DriverContract.IsCheckedByDefault;

    /// <summary>The rungs, top first.</summary>
    public IReadOnlyList<ICryptoDriver> Rungs { get; } = rungs;

    /// <summary>The rungs for key operations, top first. Rungs that have only key operations come before the in-process rung.</summary>
    public IReadOnlyList<ICryptoDriver> KeyRungs { get; } =
    [.. rungs.Where(rung => !rung.Info.IsInProcess), .. keyOnly, .. rungs.Where(rung => rung.Info.IsInProcess)];

    /// <exception cref="ArgumentException">The dialect is unknown.</exception>
    /// <exception cref="CryptoDevException">The options name a device that is not there.</exception>
    public static DriverRegistry Create(CryptoDeviceOptions options)
    {
        if (options.DevCryptoPath is not { } path)
        {
            return CreateWith();
        }

        DevCryptoMachine machine = new(path, options.DevCryptoDialect);
        if (options.DemandsDevice && machine.Find(out DeviceAbsence absence) is null)
        {
            machine.Dispose();
            throw absence.ForOperation($"open {path}");
        }

        return CreateWith(new DevCryptoDriver(machine));
    }

    /// <summary>The rungs of this machine, below the given ones.</summary>
    public static DriverRegistry CreateWith(params IReadOnlyList<ICryptoDriver> above) =>
        new([.. above, new AfAlgDriver(), SoftwareDriver.Instance], KeyringDriver.Instance);

    /// <summary>Closes what the rungs hold open. Open sessions hold their own references.</summary>
    public void Close()
    {
        foreach (IDisposable rung in Rungs.OfType<IDisposable>())
        {
            rung.Dispose();
        }
    }

    public IReadOnlyList<DriverInfo> List() => [.. Rungs.SelectMany(rung => rung.Members.Prepend(rung.Info))];

    /// <summary>The driver of this name: a rung, or "rung:member" for a pinned driver of a rung.</summary>
    /// <exception cref="ArgumentException">There is no such rung, or it has no drivers to pin.</exception>
    public ICryptoDriver Find(string name)
    {
        string[] parts = name.Split(':', 2);
        ICryptoDriver rung =
            KeyRungs.FirstOrDefault(candidate => candidate.Info.Name == parts[0])
            ?? throw new ArgumentException(
                $"'{name}' is not a driver; drivers are {string.Join(", ", KeyRungs.Select(candidate => candidate.Info.Name))}.",
                nameof(name)
            );
        return parts.Length == 1
            ? rung
            : rung.Pin(parts[1])
                ?? throw new ArgumentException(
                    $"'{name}' is not a driver: {parts[0]} has no drivers behind it to choose from.",
                    nameof(name)
                );
    }
}
