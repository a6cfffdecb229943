namespace CryptoDev;

/// <summary>Facts about one driver. Immutable.</summary>
public sealed record DriverInfo
{
    /// <summary>
    /// The name that pins it in a <see cref="DriverPolicy"/>: <c>software</c>, <c>af_alg</c>, <c>af_alg:cbc-aes-aesni</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The rung of the ladder it stands on: the part of the name before the colon.</summary>
    public string Rung => Name.Split(':', 2)[0];

    /// <summary>Hardware, accelerated CPU code, or plain code. For a rung with several drivers behind it: the best of them.</summary>
    public required DriverKind Kind { get; init; }

    /// <summary>The version or implementation behind it, for example <c>OpenSSL 3.0.19</c> or a kernel release.</summary>
    public string? Implementation { get; init; }

    /// <summary>The kernel's driver name (<c>cra_driver_name</c>), where one is known.</summary>
    public string? KernelDriver { get; init; }

    /// <summary>The kernel's algorithm name that driver serves.</summary>
    public string? KernelAlgorithm { get; init; }

    /// <summary>The kernel module it lives in; null when built in or not in the kernel.</summary>
    public string? Module { get; init; }

    /// <summary>The kernel's priority for it, where there is one.</summary>
    public int? Priority { get; init; }

    /// <summary>The PCI address of the device behind it (<c>0000:00:05.0</c>), where there is one.</summary>
    public string? PciAddress { get; init; }

    /// <summary>Whether it computes in this process, without a system call per message.</summary>
    public bool IsInProcess { get; init; }

    /// <summary>The algorithms it serves here.</summary>
    public IReadOnlyList<CryptoAlgorithm> Algorithms { get; init; } = [];
}

/// <summary>Why a driver was passed over when a session was opened.</summary>
public sealed class PassedOverDriver
{
    internal PassedOverDriver(string driver, string reason)
    {
        Driver = driver;
        Reason = reason;
    }

    /// <summary>The driver's name.</summary>
    public string Driver { get; }

    /// <summary>One sentence.</summary>
    public string Reason { get; }

    /// <summary>The driver and the reason.</summary>
    public override string ToString() => $"{Driver}: {Reason}";
}

/// <summary>What runs a session, and why nothing above it does. Immutable.</summary>
public sealed record SessionDriver
{
    /// <summary>
    /// The driver's name as <see cref="DriverInfo.Name"/>; with the kernel's driver when that is known:
    /// <c>af_alg:virtio_crypto_aes_cbc</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Hardware, accelerated CPU code or plain code.</summary>
    public required DriverKind Kind { get; init; }

    /// <summary>The kernel's driver name, where one is known.</summary>
    public string? KernelDriver { get; init; }

    /// <summary>The PCI address of the device, where there is one.</summary>
    public string? PciAddress { get; init; }

    /// <summary>The drivers that the policy would have preferred, in order, each with the reason it was not used.</summary>
    public IReadOnlyList<PassedOverDriver> PassedOver { get; init; } = [];

    /// <summary>The rung: the part of the name before the colon.</summary>
    public string Rung => Name.Split(':', 2)[0];
}
