namespace CryptoDev.Drivers.Software;

internal sealed class SoftwareDriver : ICryptoDriver
{
    public static SoftwareDriver Instance { get; } = new();

    public DriverInfo Info { get; } = new() { Name = "software", Kind = DriverKind.Generic, IsInProcess = true };

    public RungAvailability Availability => new("software", true, null, null);

    public IReadOnlyList<string> Notes => [];

    public IReadOnlyList<DriverInfo> Members => [];

    public DriverVerdict Probe(SessionParameters parameters) => DriverVerdict.No("");

    public DriverSession OpenSession(SessionParameters parameters) => throw new InvalidOperationException();

    public ICryptoDriver? Pin(string member) => null;
}
