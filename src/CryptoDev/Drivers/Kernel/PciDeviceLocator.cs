namespace CryptoDev.Drivers.Kernel;

/// <summary>One PCI function that a kernel module drives.</summary>
/// <param name="Address">Domain, bus, slot and function: "0000:00:05.0".</param>
/// <param name="Identity">Vendor and device: "1af4:1054".</param>
/// <param name="ClassCode">
/// The class register: 0x108000. A card may report another class than encryption controller (QEMU's reports 0x00ff00).
/// </param>
internal sealed record PciDevice(string Address, string Identity, string ClassCode);

/// <summary>
/// Finds the PCI functions of a kernel driver's module, through sysfs. A driver registers each algorithm once for all its devices.
/// </summary>
internal sealed class PciDeviceLocator
{
    private readonly string _sysRoot;

    /// <summary><paramref name="sysRoot"/> is where sysfs is mounted.</summary>
    public PciDeviceLocator(string sysRoot = "/sys")
    {
        _sysRoot = Path.GetFullPath(sysRoot);
    }

    /// <summary>
    /// The PCI functions of <paramref name="module"/> in order of address. None when it drives no PCI device or sysfs cannot be read.
    /// </summary>
    public IReadOnlyList<PciDevice> Find(string module)
    {
        if (module.Length == 0)
        {
            return [];
        }

        string drivers = Path.Combine(_sysRoot, "module", module.Replace('-', '_'), "drivers");
        SortedDictionary<string, PciDevice> found = new(StringComparer.Ordinal);
        foreach (string driver in Children(drivers))
        {
            foreach (string device in Children(Target(driver)))
            {
                // The driver's folder also holds files (bind, uevent) and a link back to the module.
                if (Path.GetFileName(device) != "module" && IsLink(device) && FindFunction(Target(device)) is { } function)
                {
                    found[function.Address] = function;
                }
            }
        }

        return [.. found.Values];
    }

    /// <summary>The address of the first PCI function of a hardware driver; null for other drivers.</summary>
    public string? AddressOf(KernelCryptoEntry entry) =>
        entry.Kind == DriverKind.Hardware && Find(entry.Module) is [PciDevice first, ..] ? first.Address : null;

    /// <summary>
    /// Walks up until a folder is a PCI function. pci drivers link to it directly; virtio's link ends one level below it.
    /// </summary>
    private PciDevice? FindFunction(string folder)
    {
        for (
            string? current = folder;
            current is not null && current.StartsWith(_sysRoot, StringComparison.Ordinal) && current.Length > _sysRoot.Length;
            current = Path.GetDirectoryName(current)
        )
        {
            if (
                ReadLine(current, "class") is { } classCode
                && ReadLine(current, "vendor") is { } vendor
                && ReadLine(current, "device") is { } device
            )
            {
                return new PciDevice(Path.GetFileName(current), $"{WithoutPrefix(vendor)}:{WithoutPrefix(device)}", classCode);
            }
        }

        return null;
    }

    private static string WithoutPrefix(string hex) => hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;

    private static bool IsLink(string path) => new DirectoryInfo(path).LinkTarget is not null;

    private static string Target(string path)
    {
        try
        {
            return Path.GetFullPath(new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);
        }
        catch (IOException)
        {
            // The device was unplugged after the listing. Its folder is simply empty.
            return path;
        }
    }

    private static string[] Children(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox hides sysfs, or the device was just removed. Callers read the empty list as "no PCI device known".
            return [];
        }
    }

    private static string? ReadLine(string folder, string name)
    {
        try
        {
            string path = Path.Combine(folder, name);
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
