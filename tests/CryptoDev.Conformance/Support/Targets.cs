namespace CryptoDev.Conformance.Support;

/// <summary>Every driver on this machine with every algorithm it says it serves: what the contract suite runs over.</summary>
internal static class Targets
{
    public const string Software = "software";

    /// <summary>The kernel of the lab the suite runs in, or <c>host</c>.</summary>
    public static string Kernel { get; } = Environment.GetEnvironmentVariable("CRYPTODEV_LAB_KERNEL") is { Length: > 0 } kernel ? kernel : "host";

    public static bool InLab => Kernel != "host";

    /// <summary>CRYPTODEV_LONG=1: more random work.</summary>
    public static bool Long { get; } = Environment.GetEnvironmentVariable("CRYPTODEV_LONG") == "1";

    public static CryptoDevice Device { get; } = CryptoDevice.Open();

    /// <summary>The drivers as found when the run started: instantiating kernel templates later adds to the kernel's list, not to the tests.</summary>
    public static IReadOnlyList<DriverInfo> Drivers { get; } = Device.Drivers;

    /// <summary>
    /// The pairs under test. The software driver is the same code in every kernel, so inside the lab it serves as the reference and is not a target:
    /// an emulated processor is ten times slower.
    /// </summary>
    public static IReadOnlyList<(string Driver, CryptoAlgorithm Algorithm)> All { get; } =
    [
        .. from driver in Drivers
           where !InLab || driver.Name != Software
           from algorithm in driver.Algorithms
           select (driver.Name, algorithm),
    ];

    public static IEnumerable<(string Driver, CryptoAlgorithm Algorithm)> Of(params AlgorithmKind[] kinds) => All.Where(target => kinds.Contains(target.Algorithm.Kind));

    public static Session Open(string driver, SessionParameters parameters) => Device.CreateSession(parameters, DriverPolicy.Pinned(driver));

    /// <summary>Whether the driver can be pinned member by member; members repeat what their rung does, so they get the dear cases in small.</summary>
    public static bool IsMember(string driver) => driver.Contains(':', StringComparison.Ordinal);
}
