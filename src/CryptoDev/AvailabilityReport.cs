namespace CryptoDev;

/// <summary>Whether one rung can serve one algorithm on this machine, and if not, why and what would help.</summary>
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

    /// <summary>The driver asked.</summary>
    public string Driver { get; }

    /// <summary>The algorithm asked for, with its default sizes.</summary>
    public CryptoAlgorithm Algorithm { get; }

    /// <summary>Whether a session would open.</summary>
    public bool IsAvailable { get; }

    /// <summary>What would compute, when available.</summary>
    public DriverKind? Kind { get; }

    /// <summary>The kernel's driver, where one is known.</summary>
    public string? KernelDriver { get; }

    /// <summary>When not available: one sentence.</summary>
    public string? Reason { get; }

    /// <summary>When not available: what to do about it, or null where nothing can be done.</summary>
    public string? Cure { get; }
}

/// <summary>Whether one rung is usable at all.</summary>
public sealed class RungAvailability
{
    internal RungAvailability(string rung, bool isAvailable, string? reason, string? cure)
    {
        Rung = rung;
        IsAvailable = isAvailable;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The rung.</summary>
    public string Rung { get; }

    /// <summary>Whether it serves anything here.</summary>
    public bool IsAvailable { get; }

    /// <summary>When not: one sentence.</summary>
    public string? Reason { get; }

    /// <summary>When not: what to do, or null.</summary>
    public string? Cure { get; }
}

/// <summary>What every rung offers on this machine, found by looking. A snapshot; immutable.</summary>
public sealed record AvailabilityReport
{
    /// <summary>The rungs, top first.</summary>
    public required IReadOnlyList<RungAvailability> Rungs { get; init; }

    /// <summary>Every rung with every algorithm, in table order.</summary>
    public required IReadOnlyList<AlgorithmAvailability> Algorithms { get; init; }

    /// <summary>
    /// Facts of the machine that bear on it, each one sentence: FIPS mode, limits such as <c>af_alg_restrict</c>, blacklists.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
