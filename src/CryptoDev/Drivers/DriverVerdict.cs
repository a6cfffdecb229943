namespace CryptoDev.Drivers;

/// <summary>The answer to a probe.</summary>
internal sealed record DriverVerdict
{
    private DriverVerdict() { }

    /// <summary>The driver has no such session itself, but the framework may build it from single transforms.</summary>
    public static DriverVerdict Compose { get; } = new() { MustCompose = true };

    /// <summary>Whether a session would open.</summary>
    public bool Accepted { get; private init; }

    /// <summary>Ask again transform by transform.</summary>
    public bool MustCompose { get; private init; }

    /// <summary>Accepted transform by transform.</summary>
    public bool IsComposed { get; private init; }

    /// <summary>What would compute.</summary>
    public DriverKind Kind { get; private init; }

    /// <summary>The kernel's driver name, where one is known.</summary>
    public string? KernelDriver { get; private init; }

    /// <summary>The longest message in bytes.</summary>
    public long MaxMessageLength { get; private init; }

    /// <summary>Accepted, but only for a policy that pins it: why.</summary>
    public string? OnlyWhenPinned { get; private init; }

    /// <summary>When refused: one sentence.</summary>
    public string? Reason { get; private init; }

    /// <summary>When refused: what to do about it.</summary>
    public string? Cure { get; private init; }

    /// <summary>When refused: the errno value that the machine answered with, or 0 where it was not asked.</summary>
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
