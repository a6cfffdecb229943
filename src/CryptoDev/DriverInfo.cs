namespace CryptoDev;

/// <summary>Facts about one driver. Immutable.</summary>
public sealed record DriverInfo
{
    /// <summary>
    /// The name to give to <see cref="DriverPolicy"/> to pin the driver: <c>software</c>, <c>af_alg</c>, <c>af_alg:cbc-aes-aesni</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The rung that the driver belongs to: the part of the name before the colon.</summary>
    public string Rung => Name.Split(':', 2)[0];

    /// <summary>Hardware, accelerated CPU code, or plain code. For a rung with several drivers, the best of them.</summary>
    public required DriverKind Kind { get; init; }

    /// <summary>The version or implementation, for example <c>OpenSSL 3.0.19</c> or a kernel release.</summary>
    public string? Implementation { get; init; }

    /// <summary>The kernel's name of the driver (<c>cra_driver_name</c>), or null when it is not known.</summary>
    public string? KernelDriver { get; init; }

    /// <summary>The kernel's name of the algorithm that the driver implements, or null.</summary>
    public string? KernelAlgorithm { get; init; }

    /// <summary>The kernel module of the driver. Null when it is built in or not in the kernel.</summary>
    public string? Module { get; init; }

    /// <summary>The kernel's priority of the driver, or null when it has none.</summary>
    public int? Priority { get; init; }

    /// <summary>The PCI address of the device (<c>0000:00:05.0</c>), or null.</summary>
    public string? PciAddress { get; init; }

    /// <summary>Whether it computes in this process, without a system call per message.</summary>
    public bool IsInProcess { get; init; }

    /// <summary>The algorithms that the driver runs on this machine.</summary>
    public IReadOnlyList<CryptoAlgorithm> Algorithms { get; init; } = [];
}

/// <summary>A driver that was not used when a session was opened, and the reason. Immutable.</summary>
public sealed class PassedOverDriver
{
    internal PassedOverDriver(string driver, string reason)
    {
        Driver = driver;
        Reason = reason;
    }

    /// <summary>The driver's name.</summary>
    public string Driver { get; }

    /// <summary>The reason, in one sentence.</summary>
    public string Reason { get; }

    /// <summary>The driver and the reason.</summary>
    public override string ToString() => $"{Driver}: {Reason}";
}

/// <summary>A driver that runs a session, and why the drivers preferred by the policy do not. Immutable.</summary>
public sealed record SessionDriver
{
    /// <summary>
    /// The name as in <see cref="DriverInfo.Name"/>. If the kernel's driver is known, it is part of the name:
    /// <c>af_alg:virtio_crypto_aes_cbc</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Hardware, accelerated CPU code or plain code.</summary>
    public required DriverKind Kind { get; init; }

    /// <summary>The kernel's name of the driver, or null when it is not known.</summary>
    public string? KernelDriver { get; init; }

    /// <summary>The PCI address of the device, or null.</summary>
    public string? PciAddress { get; init; }

    /// <summary>
    /// The drivers that the policy prefers to this one, in order, each with the reason why it was not used, or does not run the messages
    /// that this one runs.
    /// </summary>
    public IReadOnlyList<PassedOverDriver> PassedOver { get; init; } = [];

    /// <summary>The rung: the part of the name before the colon.</summary>
    public string Rung => Name.Split(':', 2)[0];
}
