namespace CryptoDev.Conformance.Support;

/// <summary>Every driver on this machine with every algorithm it says it serves: what the contract suite runs over.</summary>
internal static class Targets
{
    public const string Software = "software";

    public const string DevCrypto = "devcrypto";

    /// <summary>The kernel of the lab the suite runs in, or <c>host</c>.</summary>
    public static string Kernel { get; } =
        Environment.GetEnvironmentVariable("CRYPTODEV_LAB_KERNEL") is { Length: > 0 } kernel ? kernel : "host";

    public static bool InLab => Kernel != "host";

    /// <summary>Inside QEMU without KVM, where everything takes ten times as long; UML runs user code at native speed.</summary>
    public static bool IsEmulated => InLab && Kernel != "uml" && !Long;

    /// <summary>The driver behind the /dev/crypto that is served beside this run (CRYPTODEV_SERVED), or null.</summary>
    public static string? Served { get; } =
        Environment.GetEnvironmentVariable("CRYPTODEV_SERVED") is { Length: > 0 } driver ? driver : null;

    /// <summary>
    /// The promises for a /dev/crypto that somebody brought, such as a real module (CRYPTODEV_PROMISES), or null. They say what it has at
    /// least.
    /// </summary>
    public static string? DevicePromises { get; } =
        Environment.GetEnvironmentVariable("CRYPTODEV_PROMISES") is { Length: > 0 } path ? path : null;

    /// <summary>
    /// The one rung that this run is about (CRYPTODEV_ONLY), or null: where a device is served, the rungs behind it have runs of their own.
    /// </summary>
    public static string? Only { get; } =
        Environment.GetEnvironmentVariable("CRYPTODEV_ONLY") is { Length: > 0 } rung ? rung
        : Served is null ? null
        : DevCrypto;

    /// <summary>CRYPTODEV_LONG=1: more random work.</summary>
    public static bool Long { get; } = Environment.GetEnvironmentVariable("CRYPTODEV_LONG") == "1";

    public static CryptoDevice Device { get; } = DeviceUnderTest.Open();

    /// <summary>
    /// The drivers as found when the run started: instantiating kernel templates later adds to the kernel's list, not to the tests.
    /// </summary>
    public static IReadOnlyList<DriverInfo> Drivers { get; } =
    [.. Device.GetDrivers().Where(driver => Only is null || driver.Rung == Only)];

    /// <summary>
    /// Every driver with every algorithm it lists, members of a rung included. The software driver is the same code in every kernel, so
    /// inside the lab it serves as the reference and is not a target:
    /// an emulated processor is ten times slower.
    /// </summary>
    public static IReadOnlyList<(string Driver, CryptoAlgorithm Algorithm)> WithMembers { get; } =
    [.. from driver in Drivers where !InLab || driver.Name != Software from algorithm in driver.Algorithms select (driver.Name, algorithm)];

    /// <summary>
    /// The pairs under the whole contract: the rungs and the hardware. A rung's other members share every line of code with their rung and
    /// differ in the kernel's, which known answers and the sweep over lengths look at.
    /// </summary>
    public static IReadOnlyList<(string Driver, CryptoAlgorithm Algorithm)> All { get; } =
    [
        .. WithMembers.Where(target =>
            !IsMember(target.Driver) || Drivers.Single(driver => driver.Name == target.Driver).Kind == DriverKind.Hardware
        ),
    ];

    public static Session Open(string driver, SessionParameters parameters) =>
        Device.CreateSession(parameters, DriverPolicy.Pinned(driver));

    /// <summary>Whether the name is of one driver behind a rung.</summary>
    public static bool IsMember(string driver) => driver.Contains(':', StringComparison.Ordinal);
}
