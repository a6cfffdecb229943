using CryptoDev.Benchmarks.Comparison;

namespace CryptoDev.Benchmarks;

/// <summary>One named comparison of powers: the peer, the lengths and the promised ratios.</summary>
internal sealed record PowerPlan(
    string Name,
    RatioKind Kind,
    BlockClock Clock,
    IReadOnlyList<int> Bits,
    DriverPolicy Policy,
    Func<PowerContender> OpenPeer,
    Func<int, double?> Target
)
{
    public const int Blocks = 40;

    private static readonly int[] s_all = [512, 1024, 2048, 4096];

    public static IReadOnlyList<PowerPlan> All { get; } =
    [
        new(
            "software-c",
            RatioKind.Time,
            BlockClock.Thread,
            s_all,
            DriverPolicy.SoftwareOnly,
            () => new PeerPowerContender(),
            bits => bits == 2048 ? 1.05 : null
        ),
        new(
            "software-bigint",
            RatioKind.Speed,
            BlockClock.Thread,
            s_all,
            DriverPolicy.SoftwareOnly,
            () => new BigIntegerContender(),
            bits => bits == 2048 ? 12 : null
        ),
        // Our driver pads shorter moduli to 1536 bits. The bare call refuses them.
        new(
            "keyring",
            RatioKind.Time,
            BlockClock.Wall,
            [1536, 2048, 4096],
            DriverPolicy.Pinned("keyring"),
            () => new BareKeyctlContender(),
            bits => bits == 2048 ? 1.05 : null
        ),
    ];

    public static PowerPlan Find(string name) =>
        All.FirstOrDefault(plan => plan.Name == name)
        ?? throw new BenchmarkException(
            $"'{name}' is not a comparison of powers; there are {string.Join(", ", All.Select(plan => plan.Name))}."
        );
}
