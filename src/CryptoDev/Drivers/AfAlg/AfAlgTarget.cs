namespace CryptoDev.Drivers.AfAlg;

/// <summary>One name to bind, and the known facts about its kernel driver.</summary>
/// <param name="Type">Socket type: hash, skcipher, aead, rng.</param>
/// <param name="Name">The name to bind: a kernel driver's name, or the algorithm's name when no driver is listed.</param>
/// <param name="KernelDriver">The kernel driver; null when the kernel chooses and does not report its choice.</param>
/// <param name="Kind">The kind of the driver.</param>
/// <param name="PciAddress">The first PCI function of the driver.</param>
internal sealed record AfAlgTarget(string Type, string Name, string? KernelDriver, DriverKind Kind, string? PciAddress)
{
    /// <summary>
    /// Whether the driver may be hardware. Where the kernel chooses and does not report its choice, it may choose a card.
    /// </summary>
    public bool MayBeHardware { get; init; } = Kind == DriverKind.Hardware || KernelDriver is null;

    /// <summary>The description that a session on this target reports.</summary>
    public SessionDriver Describe() =>
        new()
        {
            Name = KernelDriver is null ? AfAlgDriver.Rung : $"{AfAlgDriver.Rung}:{KernelDriver}",
            Kind = Kind,
            KernelDriver = KernelDriver,
            PciAddress = PciAddress,
        };
}
