using CryptoDev.Dialects;
using CryptoDev.Drivers.Kernel;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// What is known about one session of a device: the device's report, and what the kernel's list says about the driver that it names. It is
/// found once, when the session is opened.
/// </summary>
internal sealed record DeviceSessionFacts
{
    private DeviceSessionFacts(SessionDriver driver, int alignMask, int mostBytes, bool isBounded)
    {
        Driver = driver;
        AlignMask = alignMask;
        MostBytes = mostBytes;
        IsBounded = isBounded;
    }

    /// <summary>The driver as a session reports it.</summary>
    public SessionDriver Driver { get; }

    /// <summary>The bits of an address that must be 0, or the kernel works on copies, page by page. 0: any address.</summary>
    public int AlignMask { get; }

    /// <summary>The most bytes of one call.</summary>
    public int MostBytes { get; }

    /// <summary>Whether a call must not be longer. Otherwise a message that cannot be cut may be one call of any length.</summary>
    public bool IsBounded { get; }

    /// <summary>
    /// The facts about an opened session. The kernels of the BSDs bound every call, and their drivers are made for that bound.
    /// cryptodev-linux hands a call of any length to its driver, so what may be hardware gets no more than hardware takes.
    /// </summary>
    public static DeviceSessionFacts Of(DeviceCaller caller, in SessionCall answer, KernelDrivers kernel)
    {
        DeviceReport report = caller.Describe(answer);
        KernelCryptoEntry? entry = report.Driver is null ? null : kernel.Find(report.Driver);
        DriverKind kind = entry?.Kind ?? report.Kind;
        SessionDriver driver = new()
        {
            Name = report.Driver is null ? DevCryptoDriver.Rung : $"{DevCryptoDriver.Rung}:{report.Driver}",
            Kind = kind,
            KernelDriver = report.Driver,
            PciAddress = entry is null ? null : kernel.PciAddressOf(entry),
        };
        bool mayBeHardware =
            kind == DriverKind.Hardware
            || kernel.MayBeHardware(report.Driver)
            || (report.MacDriver is not null && kernel.MayBeHardware(report.MacDriver));
        return caller.HasLimit
            ? new DeviceSessionFacts(driver, report.AlignMask, caller.MostBytes, isBounded: true)
            : new DeviceSessionFacts(
                driver,
                report.AlignMask,
                Math.Min(caller.MostBytes, HardwareRequest.LimitFor(mayBeHardware)),
                isBounded: mayBeHardware
            );
    }
}
