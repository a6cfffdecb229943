namespace CryptoDev.Drivers;

/// <summary>The answer to a probe.</summary>
internal sealed record DriverVerdict
{
    private DriverVerdict() { }

    /// <summary>The driver has no such session itself, but the framework may compose it from single transforms.</summary>
    public static DriverVerdict Compose { get; } = new() { MustCompose = true };

    /// <summary>Whether a session would open.</summary>
    public bool Accepted { get; private init; }

    /// <summary>The framework must probe each transform on its own.</summary>
    public bool MustCompose { get; private init; }

    /// <summary>Each transform was accepted on its own.</summary>
    public bool IsComposed { get; private init; }

    /// <summary>The kind of the driver that would compute.</summary>
    public DriverKind Kind { get; private init; }

    /// <summary>The kernel's driver name, where one is known.</summary>
    public string? KernelDriver { get; private init; }

    /// <summary>The longest message in bytes.</summary>
    public long MaxMessageLength { get; private init; }

    /// <summary>When only a policy that pins the driver may use it: the reason.</summary>
    public string? OnlyWhenPinned { get; private init; }

    /// <summary>When refused: the reason, in one sentence.</summary>
    public string? Reason { get; private init; }

    /// <summary>When refused: what would help.</summary>
    public string? Cure { get; private init; }

    /// <summary>When refused: the errno value of the refused call, or 0 where no call was made.</summary>
    public int Errno { get; private init; }

    public static DriverVerdict Yes(DriverKind kind, long maxMessageLength, string? kernelDriver = null) =>
        new()
        {
            Accepted = true,
            Kind = kind,
            MaxMessageLength = maxMessageLength,
            KernelDriver = kernelDriver,
        };

    public static DriverVerdict YesWhenPinned(DriverKind kind, long maxMessageLength, string reason) =>
        Yes(kind, maxMessageLength) with
        {
            OnlyWhenPinned = reason,
        };

    public static DriverVerdict Composed(DriverKind kind, long maxMessageLength, string? kernelDriver) =>
        Yes(kind, maxMessageLength, kernelDriver) with
        {
            IsComposed = true,
        };

    public static DriverVerdict No(string reason, string? cure = null, int errno = 0) =>
        new()
        {
            Reason = reason,
            Cure = cure,
            Errno = errno,
        };
}
