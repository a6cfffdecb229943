namespace CryptoDev.Drivers.Kernel;

/// <summary>
/// How much a hardware driver of the kernel gets in one request, on every rung. virtio_crypto (Linux 6.1) describes n pages to its card
/// with n(n+1)/2 descriptors. At 31 pages the card's table is full. The request then never ends, and no signal interrupts the wait: over
/// AF_ALG and behind /dev/crypto the program hangs for ever, and so does the next one on the card. Other cards have limits of their own
/// that no interface reports.
/// </summary>
internal static class HardwareRequest
{
    /// <summary>The most bytes of input in one request, far below all known limits.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The most bytes of one request to a driver: int.MaxValue where it cannot be hardware.</summary>
    public static int LimitFor(bool mayBeHardware) => mayBeHardware ? MostBytes : int.MaxValue;
}
