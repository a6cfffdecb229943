namespace CryptoDev;

/// <summary>Whether one rung can serve one algorithm on this machine, and if not, why and what would help.</summary>
/// <param name="Driver">The driver asked.</param>
/// <param name="Algorithm">The algorithm asked for, with its default sizes.</param>
/// <param name="IsAvailable">Whether a session would open.</param>
/// <param name="Kind">What would compute, when available.</param>
/// <param name="KernelDriver">The kernel's driver, where one is known.</param>
/// <param name="Reason">When not available: one sentence.</param>
/// <param name="Cure">When not available: what to do about it, or null where nothing can be done.</param>
public sealed record AlgorithmAvailability(
    string Driver,
    CryptoAlgorithm Algorithm,
    bool IsAvailable,
    DriverKind? Kind,
    string? KernelDriver,
    string? Reason,
    string? Cure
);

/// <summary>Whether one rung is usable at all.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="IsAvailable">Whether it serves anything here.</param>
/// <param name="Reason">When not: one sentence.</param>
/// <param name="Cure">When not: what to do, or null.</param>
public sealed record RungAvailability(string Rung, bool IsAvailable, string? Reason, string? Cure);

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
