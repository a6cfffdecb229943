using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks.Comparison;

/// <summary>The direction of a ratio.</summary>
internal enum RatioKind
{
    /// <summary>Our operations per second divided by the peer's: more is better.</summary>
    Speed,

    /// <summary>Our time divided by the peer's: less is better.</summary>
    Time,
}

/// <summary>One named comparison: the peer, the sizes and the promised ratios.</summary>
internal sealed record ComparisonPlan
{
    private static readonly int[] s_toSixtyFourKiB = [64, 256, 1024, 4096, 16384, 65536];
    private static readonly int[] s_toOneMiB = [.. s_toSixtyFourKiB, 1 << 20];

    public required string Name { get; init; }

    public required RatioKind Kind { get; init; }

    public required IReadOnlyList<int> Sizes { get; init; }

    public required DriverPolicy Policy { get; init; }

    public required BlockClock Clock { get; init; }

    /// <summary>
    /// The number of blocks per side. Blocks measured by elapsed time are short, so that most of them fit between two interruptions. So
    /// there are more of them.
    /// </summary>
    public int Blocks => Clock == BlockClock.Wall ? 100 : 60;

    public int BlockMilliseconds
    {
        get =>
            field != 0 ? field
            : Clock == BlockClock.Wall ? 2
            : 5;
        init;
    }

    public required Func<Operation, byte[], Contender> OpenPeer { get; init; }

    /// <summary>The promised ratio, or null if there is none.</summary>
    public required Func<Operation, int, double?> Target { get; init; }

    public static IReadOnlyList<ComparisonPlan> All { get; } =
    [
        new()
        {
            Name = "software-ssc",
            Kind = RatioKind.Speed,
            Sizes = s_toOneMiB,
            Policy = DriverPolicy.SoftwareOnly,
            Clock = BlockClock.Thread,
            OpenPeer = (operation, key) => new FrameworkContender(operation, key),
            Target = (operation, size) => size == 64 ? FrameworkTargetAt64(operation) : 0.97,
        },
        new()
        {
            Name = "software-c",
            Kind = RatioKind.Time,
            Sizes = s_toOneMiB,
            Policy = DriverPolicy.SoftwareOnly,
            Clock = BlockClock.Thread,
            OpenPeer = (operation, key) => new PeerContender(PeerContender.Find("libcrypto"), operation, key),
            Target = (_, size) =>
                size switch
                {
                    64 => 1.20,
                    16384 => 1.03,
                    _ => null,
                },
        },
        new()
        {
            Name = "afalg-c",
            Kind = RatioKind.Time,
            Sizes = s_toSixtyFourKiB,
            Policy = DriverPolicy.Pinned("af_alg"),
            Clock = BlockClock.Wall,
            OpenPeer = (operation, key) => new PeerContender(PeerContender.Find("afalg"), operation, key),
            Target = (_, _) => 1.05,
        },
        new()
        {
            Name = "afalg-kcapi",
            Kind = RatioKind.Time,
            Sizes = s_toSixtyFourKiB,
            Policy = DriverPolicy.Pinned("af_alg"),
            Clock = BlockClock.Wall,
            OpenPeer = (operation, key) => new PeerContender(PeerContender.Find("kcapi"), operation, key),
            Target = (_, _) => 1.03,
        },
        new()
        {
            // One round trip to a server takes a few hundred microseconds, so a block of 2 ms would have too few operations.
            Name = "devcrypto-c",
            Kind = RatioKind.Time,
            Sizes = s_toSixtyFourKiB,
            Policy = DriverPolicy.Pinned("devcrypto"),
            Clock = BlockClock.Wall,
            OpenPeer = (operation, key) => new PeerContender(PeerContender.Find("devcrypto"), operation, key),
            Target = (_, _) => 1.03,
            BlockMilliseconds = 20,
        },
    ];

    public static ComparisonPlan Find(string name) =>
        All.FirstOrDefault(plan => plan.Name == name)
        ?? throw new BenchmarkException($"'{name}' is not a comparison; there are {string.Join(", ", All.Select(plan => plan.Name))}.");

    private static double FrameworkTargetAt64(Operation operation) =>
        operation.Algorithm == CryptoAlgorithm.AesCbc ? 6
        : operation.Algorithm == CryptoAlgorithm.HmacSha256 ? 4.5
        : 2.5;
}
