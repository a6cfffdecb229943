using CryptoDev.Drivers;
using CryptoDev.Drivers.Software;

namespace CryptoDev.Tests.Cli;

/// <summary>The software driver's key operations with one fault, to see that check finds it.</summary>
internal sealed class LyingKeyDriver(string lie) : ICryptoDriver, IKeyDriver
{
    private int _count;

    public DriverInfo Info { get; } = new() { Name = "liar", Kind = DriverKind.Hardware };

    public RungAvailability Availability => new("liar", true, null, null);

    public IReadOnlyList<string> Notes => [];

    public IReadOnlyList<DriverInfo> Members => [];

    public DriverVerdict Probe(SessionParameters parameters) => DriverVerdict.No("keys only");

    public DriverSession OpenSession(SessionParameters parameters) => throw new NotSupportedException();

    public ICryptoDriver? Pin(string member) => null;

    public DriverVerdict ProbeKey(KeyOp op) =>
        lie == "signs at random only" && op is { Operation: KeyOperation.DsaSign, Nonce: DsaNonce.Deterministic }
            ? DriverVerdict.No("a device takes its own")
            : SoftwareDriver.Instance.ProbeKey(op);

    public int ProcessKey(KeyOp op, out SessionDriver driver)
    {
        _count++;
        int status = SoftwareDriver.Instance.ProcessKey(op, out driver);
        driver = driver with { Name = "liar" };
        switch (lie)
        {
            case "is wrong now and then" when _count > 10 && op.OutputCount > 0:
            case "is wrong always" when op.OutputCount > 0:
                op.OutputBytes(op.OutputCount - 1)[0] ^= 1;
                return status;
            case "accepts every signature":
                return 0;
            case "fails now and then" when _count % 5 == 0:
                throw new CryptoDevException(5, "liar", "process", "the card is on fire.");
            default:
                return status;
        }
    }
}
