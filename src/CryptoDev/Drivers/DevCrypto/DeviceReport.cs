namespace CryptoDev.Drivers.DevCrypto;

/// <summary>What a device tells about a session.</summary>
/// <param name="Driver">The kernel driver of the session, of its cipher where it has one; null where the device does not tell.</param>
/// <param name="MacDriver">The kernel driver of the MAC beside a cipher; null where there is none.</param>
/// <param name="Kind">Hardware where the device says so. What it does not say is Generic.</param>
/// <param name="AlignMask">
/// The bits of an address that must be 0, or the kernel does not work on the caller's buffer itself. 0: any address.
/// </param>
internal readonly record struct DeviceReport(string? Driver, string? MacDriver, DriverKind Kind, int AlignMask)
{
    /// <summary>The report of a device that tells nothing.</summary>
    public static DeviceReport Nothing { get; } = new(null, null, DriverKind.Generic, 0);
}
