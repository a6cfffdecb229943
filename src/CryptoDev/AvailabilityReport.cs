namespace CryptoDev;

/// <summary>Whether one rung can run one algorithm on this machine. If it cannot: the reason, and what would help. Immutable.</summary>
public sealed class AlgorithmAvailability
{
    internal AlgorithmAvailability(
        string driver,
        CryptoAlgorithm algorithm,
        bool isAvailable,
        DriverKind? kind,
        string? kernelDriver,
        string? reason,
        string? cure
    )
    {
        Driver = driver;
        Algorithm = algorithm;
        IsAvailable = isAvailable;
        Kind = kind;
        KernelDriver = kernelDriver;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The driver or rung that was tested, by name.</summary>
    public string Driver { get; }

    /// <summary>The algorithm that was tested, with its default key, IV and tag lengths.</summary>
    public CryptoAlgorithm Algorithm { get; }

    /// <summary>Whether a session would open.</summary>
    public bool IsAvailable { get; }

    /// <summary>What computes: a device, accelerated CPU code or plain code. Null when not available.</summary>
    public DriverKind? Kind { get; }

    /// <summary>The name of the kernel's driver, or null when it is not known.</summary>
    public string? KernelDriver { get; }

    /// <summary>Why it is not available, in one sentence. Null when it is available.</summary>
    public string? Reason { get; }

    /// <summary>What the user can do when it is not available. Null when it is available, or when nothing can be done.</summary>
    public string? Cure { get; }
}

/// <summary>
/// Whether one rung can be used at all. A rung is one place that computes: <c>devcrypto</c>, <c>af_alg</c> or <c>software</c>. Immutable.
/// </summary>
public sealed class RungAvailability
{
    internal RungAvailability(string rung, bool isAvailable, string? reason, string? cure)
    {
        Rung = rung;
        IsAvailable = isAvailable;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The name of the rung.</summary>
    public string Rung { get; }

    /// <summary>Whether the rung runs at least one algorithm on this machine.</summary>
    public bool IsAvailable { get; }

    /// <summary>Why it is not available, in one sentence. Null when it is available.</summary>
    public string? Reason { get; }

    /// <summary>What the user can do when it is not available. Null when it is available, or when nothing can be done.</summary>
    public string? Cure { get; }
}

/// <summary>What every rung offers on this machine, found by trying each of them. A snapshot. Immutable.</summary>
public sealed record AvailabilityReport
{
    /// <summary>The rungs, in the order of the default policy.</summary>
    public required IReadOnlyList<RungAvailability> Rungs { get; init; }

    /// <summary>Every rung with every algorithm, ordered by rung and then as in <see cref="CryptoAlgorithm.All"/>.</summary>
    public required IReadOnlyList<AlgorithmAvailability> Algorithms { get; init; }

    /// <summary>
    /// Facts about the machine that explain the results, one sentence each: FIPS mode, limits such as <c>af_alg_restrict</c>, blacklists.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
