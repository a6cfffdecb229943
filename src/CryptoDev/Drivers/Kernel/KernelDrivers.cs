namespace CryptoDev.Drivers.Kernel;

/// <summary>
/// What the kernel's list says about a driver that something else named, such as a session of /dev/crypto. Kernel drivers of cards often
/// set no flag, so their name alone says nothing. Safe from any thread.
/// </summary>
/// <param name="read">Reads the list.</param>
/// <param name="locator">Finds PCI functions.</param>
/// <param name="clock">The clock for the age of a name that is not listed; null: the system's clock.</param>
internal sealed class KernelDrivers(Func<KernelCryptoCatalogue> read, PciDeviceLocator locator, TimeProvider? clock = null)
{
    private readonly VerdictCache<string, KernelCryptoEntry?> _found = new(clock);
    private volatile KernelCryptoCatalogue? _catalogue;

    /// <summary>The drivers of this machine.</summary>
    public static KernelDrivers OfThisMachine { get; } = new(KernelCryptoCatalogue.Read, new PciDeviceLocator());

    /// <summary>The driver's entry. Null where the kernel has no driver of this name, as behind a served device.</summary>
    public KernelCryptoEntry? Find(string driver)
    {
        if (_found.TryRecall(driver, out KernelCryptoEntry? known, out _))
        {
            return known;
        }

        // The kernel lists a template only after its first use, so a list that was read before may be too old.
        KernelCryptoEntry? entry = _catalogue?.FindDriver(driver) ?? (_catalogue = read()).FindDriver(driver);
        if (entry is null)
        {
            _found.RememberRefusal(driver, null, 0);
        }
        else
        {
            _found.Remember(driver, entry);
        }

        return entry;
    }

    /// <summary>
    /// Whether a driver may be hardware. A name that the list does not have is no driver of this kernel, unless there is no list to read.
    /// </summary>
    /// <param name="driver">The name; null where nobody tells it.</param>
    public bool MayBeHardware(string? driver) =>
        driver is null || (Find(driver) is { } entry ? entry.MayBeHardware : _catalogue is null or { Entries.Count: 0 });

    /// <summary>The first PCI function of a driver, if it is hardware.</summary>
    public string? PciAddressOf(KernelCryptoEntry entry) => locator.AddressOf(entry);
}
