using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// Key operations by the Linux kernel's keys (keyctl(2)). It has no sessions. Unless a device runs the operation, the rung is used only
/// when pinned: the kernel's code for large numbers is slower than libcrypto's.
/// </summary>
internal sealed class KeyringDriver : ICryptoDriver, IKeyDriver
{
    public const string Name = "keyring";

    private const string NotByItself =
        "it is used only when pinned or when a device serves it, because the kernel's code for large numbers is slower than libcrypto's";

    private KeyringDriver() { }

    public static KeyringDriver Instance { get; } = new();

    public DriverInfo Info { get; } =
        new()
        {
            Name = Name,
            Kind = DriverKind.Generic,
            Implementation = OperatingSystem.IsLinux() ? $"Linux {Environment.OSVersion.Version}" : null,
        };

    public RungAvailability Availability =>
        Machine.Power is { } power && Machine.Rsa is not null
            ? new RungAvailability(Name, false, power.Reason, power.Cure)
            : new RungAvailability(Name, true, null, null);

    public IReadOnlyList<string> Notes => [];

    public IReadOnlyList<DriverInfo> Members => [];

    private static KeyringMachine Machine => KeyringMachine.Instance;

    public DriverVerdict Probe(SessionParameters parameters) => DriverVerdict.No("it has key operations only, no sessions");

    public DriverSession OpenSession(SessionParameters parameters) =>
        throw new CryptoDevException(LibC.EOPNOTSUPP, Name, $"open session {parameters}", "it has key operations only, no sessions.");

    public ICryptoDriver? Pin(string member) => null;

    public DriverVerdict ProbeKey(KeyOp op) =>
        op.Operation switch
        {
            KeyOperation.ModExp or KeyOperation.DhComputeKey => Verdict(KeyringHardware.Instance.Power, Machine.Power, null),
            KeyOperation.ModExpCrt => Verdict(KeyringHardware.Instance.Rsa, Machine.Rsa, KeyringRsa.WhyNot(op)),
            _ => DriverVerdict.No("the kernel offers no such operation to programs"),
        };

    public int ProcessKey(KeyOp op, out SessionDriver driver)
    {
        driver = Who(op);
        return Compute(op);
    }

    /// <summary>Runs one of the three operations.</summary>
    internal static int Compute(KeyOp op) =>
        op.Operation switch
        {
            KeyOperation.ModExp => KeyringPower.Compute(op.Facts.BsdName, op.Input(0), op.Input(1), op.Input(2), op.OutputBytes(0)),
            KeyOperation.DhComputeKey => KeyringPower.Compute(op.Facts.BsdName, op.Input(1), op.Input(0), op.Input(2), op.OutputBytes(0)),
            _ => KeyringRsa.Compute(op),
        };

    private static SessionDriver Who(KeyOp op) =>
        op.Operation == KeyOperation.ModExpCrt ? KeyringHardware.Instance.Rsa : KeyringHardware.Instance.Power;

    /// <summary>Accepts without a pin only where a device computes.</summary>
    internal static DriverVerdict Verdict(SessionDriver who, KeyringAbsence? absence, string? refusal) =>
        absence is not null ? DriverVerdict.No(absence.Reason, absence.Cure, absence.Errno)
        : refusal is not null ? DriverVerdict.No(refusal)
        : who.Kind == DriverKind.Hardware ? DriverVerdict.Yes(DriverKind.Hardware, KeyOp.MaxOperandBits / 8, who.KernelDriver)
        : DriverVerdict.YesWhenPinned(DriverKind.Generic, KeyOp.MaxOperandBits / 8, NotByItself);
}
