using CryptoDev.Drivers.Kernel;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The kernel drivers behind a device, as far as they can be listed: those that the device names for an algorithm and that the kernel's
/// list has. A served device may name what is no kernel driver; such a name can be pinned and is not listed.
/// </summary>
internal static class DeviceMembers
{
    /// <summary>Asks the device for every algorithm.</summary>
    public static IReadOnlyList<DriverInfo> Find(DevCryptoDriver rung, DevCryptoMachine machine, KernelDrivers kernel)
    {
        if (machine.Find(out _) is null)
        {
            return [];
        }

        return
        [
            .. CryptoAlgorithm
                .All.Select(algorithm => (Algorithm: algorithm, AvailabilityProbe.Probe(rung, algorithm).KernelDriver))
                .Where(found => found.KernelDriver is not null && kernel.Find(found.KernelDriver) is not null)
                .GroupBy(found => found.KernelDriver!, found => found.Algorithm)
                .Select(group => Describe(group.Key, machine, kernel, [.. group])),
        ];
    }

    /// <summary>The rung, or one driver behind it.</summary>
    public static DriverInfo Describe(
        string? driver,
        DevCryptoMachine machine,
        KernelDrivers kernel,
        IReadOnlyList<CryptoAlgorithm> algorithms
    )
    {
        KernelCryptoEntry? entry = driver is null ? null : kernel.Find(driver);
        return new DriverInfo
        {
            Name = driver is null ? DevCryptoDriver.Rung : $"{DevCryptoDriver.Rung}:{driver}",
            Kind = entry?.Kind ?? (driver is null && machine.Open is { } open ? open.BestKind : DriverKind.Generic),
            Implementation = machine.Open is { } device ? $"{device.Caller.Codec.Form} at {machine.Path}" : null,
            KernelDriver = driver,
            KernelAlgorithm = entry?.Name,
            Module = entry is { Module.Length: > 0 } ? entry.Module : null,
            Priority = entry?.Priority,
            PciAddress = entry is null ? null : kernel.PciAddressOf(entry),
            Algorithms = algorithms,
        };
    }

    /// <summary>One sentence about a hardware driver for <c>doctor</c>.</summary>
    public static string NoteOf(DriverInfo driver) =>
        $"Hardware behind {DevCryptoDriver.Rung}: {driver.KernelDriver} (module {driver.Module ?? "built in"}, "
        + $"PCI {driver.PciAddress ?? "none"}) runs {string.Join(", ", driver.Algorithms.Select(algorithm => algorithm.Name))}.";
}
