namespace CryptoDev.Drivers.AfAlg;

/// <summary>One name to bind, and what is known about the kernel driver behind it.</summary>
/// <param name="Type">Socket type: hash, skcipher, aead, rng.</param>
/// <param name="Name">What is bound: a kernel driver's name, or the algorithm's when no driver is listed.</param>
/// <param name="KernelDriver">The kernel driver; null when the kernel chooses and does not tell.</param>
/// <param name="Kind">What computes.</param>
/// <param name="PciAddress">The first PCI function behind it.</param>
internal sealed record AfAlgTarget(string Type, string Name, string? KernelDriver, DriverKind Kind, string? PciAddress)
{
    /// <summary>What a session on it tells about itself.</summary>
    public SessionDriver Describe() =>
        new()
        {
            Name = KernelDriver is null ? AfAlgDriver.Rung : $"{AfAlgDriver.Rung}:{KernelDriver}",
            Kind = Kind,
            KernelDriver = KernelDriver,
            PciAddress = PciAddress,
        };
}
