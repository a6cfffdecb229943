using CryptoDev.Drivers.Kernel;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The rung of <c>/dev/crypto</c>, a kernel's device or a served one, or one kernel driver behind it. The kernel chooses the driver of a
/// session itself. So a pinned driver is found by opening a session and reading whom the device names.
/// </summary>
/// <param name="machine">The device.</param>
/// <param name="kernel">The kernel's drivers.</param>
/// <param name="pinned">The only kernel driver that may run a session; null: any.</param>
internal sealed class DevCryptoDriver(DevCryptoMachine machine, KernelDrivers kernel, string? pinned)
    : ICryptoDriver,
        IKeyDriver,
        IDisposable
{
    /// <summary>The rung's name.</summary>
    public const string Rung = "devcrypto";

    /// <summary>The rung over the drivers of this machine's kernel.</summary>
    public DevCryptoDriver(DevCryptoMachine machine)
        : this(machine, KernelDrivers.OfThisMachine, null) { }

    public DriverInfo Info => DeviceMembers.Describe(pinned, machine, kernel, new DeviceAlgorithms(this));

    public RungAvailability Availability =>
        machine.Find(out DeviceAbsence absence) is null
            ? new RungAvailability(Rung, false, absence.Reason, absence.Cure)
            : new RungAvailability(Rung, true, null, null);

    public IReadOnlyList<string> Notes =>
        machine.Find(out _) is { } device
            ? [$"{machine.Path} speaks {device.Caller.Codec.Form}.", .. Members.Where(IsHardware).Select(DeviceMembers.NoteOf)]
            : [];

    public IReadOnlyList<DriverInfo> Members => pinned is null ? DeviceMembers.Find(this, machine, kernel) : [];

    public ICryptoDriver? Pin(string member) => pinned is null ? new DevCryptoDriver(machine, kernel, member) : null;

    public DriverVerdict Probe(SessionParameters parameters)
    {
        // The device names one driver for a cipher and MAC, and the MAC may run elsewhere. So a pinned driver takes each alone.
        if (pinned is not null && parameters.Mode == SessionMode.CipherAndMac)
        {
            return DriverVerdict.Compose;
        }

        DriverVerdict verdict = ProbeDevice(parameters);
        return pinned is null || !verdict.Accepted || verdict.KernelDriver == pinned
            ? verdict
            : DriverVerdict.No(NotPinned(verdict.KernelDriver));
    }

    private DriverVerdict ProbeDevice(SessionParameters parameters)
    {
        DevCryptoDevice? device;
        DriverVerdict verdict;

        // Tries a second time when the device is gone, because another device may be there now.
        for (int attempt = 0; ; attempt++)
        {
            device = machine.Find(out DeviceAbsence absence);
            if (device is null)
            {
                return absence.Verdict;
            }

            if (parameters.Mode == SessionMode.Chain)
            {
                return DriverVerdict.Compose;
            }

            if (device.Recall(parameters) is { } known)
            {
                return known;
            }

            verdict = Try(device, parameters);
            if (!device.Caller.IsLost || attempt > 0)
            {
                device.Remember(parameters, verdict);
                return verdict;
            }
        }
    }

    public DriverSession OpenSession(SessionParameters parameters)
    {
        for (int attempt = 0; ; attempt++)
        {
            DevCryptoDevice device = machine.Find(out DeviceAbsence absence) ?? throw absence.ForOperation($"open session {parameters}");
            DeviceRecipe recipe =
                DeviceRecipe.TryCreate(device.Caller, parameters, out string? reason)
                ?? throw new CryptoDevException(LibC.EOPNOTSUPP, Rung, $"open session {parameters}", $"{reason}.");
            if (KernelSessionHandle.Open(device.Caller, recipe, out int result) is { } session)
            {
                DeviceSessionFacts facts = Facts(device, session);
                if (pinned is null || facts.Driver.KernelDriver == pinned)
                {
                    return Create(device, recipe, session, facts);
                }

                session.Dispose();
                device.Forget(parameters);
                throw new CryptoDevException(
                    LibC.ENOENT,
                    $"{Rung}:{pinned}",
                    $"open session {parameters}",
                    $"{NotPinned(facts.Driver.KernelDriver)}."
                );
            }

            if (!device.Caller.IsLost || attempt > 0)
            {
                device.Forget(parameters);
                throw DevCryptoErrors.Create(Rung, $"open session {parameters}", result);
            }
        }
    }

    public DriverVerdict ProbeKey(KeyOp op)
    {
        if (pinned is not null)
        {
            return DriverVerdict.No("a device does not tell before it runs a key operation which driver will");
        }

        if (machine.Find(out DeviceAbsence absence) is not { } device)
        {
            return absence.Verdict;
        }

        DriverVerdict verdict = device.Keys.Probe(op);
        return device.Caller.IsLost && machine.Find(out _) is { } next ? next.Keys.Probe(op) : verdict;
    }

    public int ProcessKey(KeyOp op, out SessionDriver driver)
    {
        DevCryptoDevice device = machine.Find(out DeviceAbsence absence) ?? throw absence.ForOperation(op.Facts.BsdName);
        try
        {
            return device.Keys.Process(op, out driver);
        }
        catch (CryptoDevException) when (device.Caller.IsLost && machine.Find(out _) is { } next && next.Keys.Probe(op).Accepted)
        {
            return machine.Find(out _)!.Keys.Process(op, out driver);
        }
    }

    public bool TakesManyKeys => pinned is null && machine.Find(out _) is { Keys.TakesMany: true };

    public int[]? ProcessKeys(IReadOnlyList<KeyOp> ops, out SessionDriver? driver)
    {
        driver = null;
        return machine.Find(out _)?.Keys.ProcessMany(ops, out driver);
    }

    /// <summary>Closes the device when its last session is closed.</summary>
    public void Dispose() => machine.Dispose();

    private static bool IsHardware(DriverInfo driver) => driver.Kind == DriverKind.Hardware;

    private string NotPinned(string? actual) =>
        $"{machine.Path} runs it on {actual ?? "a driver that it does not name"}, not on {pinned}: its kernel chooses the driver";

    private DeviceSessionFacts Facts(DevCryptoDevice device, KernelSessionHandle session)
    {
        DeviceSessionFacts facts = DeviceSessionFacts.Of(device.Caller, session.Answer, kernel);
        device.Saw(facts.Driver.Kind);
        return facts;
    }

    private DriverSession Create(DevCryptoDevice device, DeviceRecipe recipe, KernelSessionHandle session, DeviceSessionFacts facts)
    {
        SessionParameters parameters = recipe.Parameters;
        DevCryptoOpening opening = new(device.Caller, recipe, session, facts);
        return parameters.Mode switch
        {
            SessionMode.Cipher => new DevCryptoCipherSession(opening),
            SessionMode.Digest => new DevCryptoDigestSession(opening),
            SessionMode.Compression => new DevCryptoCompressionSession(opening),
            SessionMode.Aead when device.Caller.TagPlace == TagPlace.Attached => new AttachedAeadSession(opening),
            SessionMode.Aead => new DetachedAeadSession(opening),
            _ => new DevCryptoCipherAndMacSession(opening, transform => OpenPart(parameters, transform)),
        };
    }

    private DriverSession OpenPart(SessionParameters parameters, int transform) =>
        PiecedSession.Over(OpenSession(parameters.ForTransform(transform)), parameters.Transforms[transform].Algorithm);

    /// <summary>Opens such a session on the device and closes it again.</summary>
    private DriverVerdict Try(DevCryptoDevice device, SessionParameters parameters)
    {
        DeviceCaller caller = device.Caller;
        bool isJoint = parameters.Mode == SessionMode.CipherAndMac;
        if (DeviceRecipe.TryCreate(caller, parameters, out string? reason) is not { } recipe)
        {
            return isJoint ? DriverVerdict.Compose : DriverVerdict.No(reason!);
        }

        // FreeBSD 13 compares the whole MAC. A truncated MAC is compared here, with two separate sessions. Each of the two must also work
        // alone, for the messages that the joint call cannot express.
        if (
            isJoint
            && (
                (caller.VerifiesMac && parameters.Transforms[1].EffectiveTagLength != recipe.Second!.TagSize)
                || !ProbeDevice(parameters.ForTransform(0)).Accepted
                || !ProbeDevice(parameters.ForTransform(1)).Accepted
            )
        )
        {
            return DriverVerdict.Compose;
        }

        using KernelSessionHandle? session = KernelSessionHandle.Open(caller, recipe, out int result);
        if (session is null)
        {
            return isJoint ? DriverVerdict.Compose : Refuse(recipe, -result);
        }

        DeviceSessionFacts facts = Facts(device, session);
        return DriverVerdict.Yes(facts.Driver.Kind, MessageLimit(caller, facts, recipe), facts.Driver.KernelDriver);
    }

    private DriverVerdict Refuse(DeviceRecipe recipe, int errno)
    {
        string what = $"{machine.Path} refuses {recipe.First.Name} with these sizes ({new Errno(errno).Name}): ";
        return DriverVerdict.No(
            errno is LibC.EINVAL or LibC.ENOENT or LibC.EOPNOTSUPP or LibC.ENODEV
                ? $"{what}its kernel has no driver for it, or allows none in software"
                : what + DevCryptoErrors.Advice(errno).TrimEnd('.'),
            errno: errno
        );
    }

    private static long MessageLimit(DeviceCaller caller, DeviceSessionFacts facts, DeviceRecipe recipe) =>
        recipe.Parameters.Mode switch
        {
            SessionMode.Cipher => DevCryptoCipherSession.MessageLimit(facts, recipe),
            SessionMode.Aead => DevCryptoAeadSession.MessageLimit(caller, facts, recipe),
            SessionMode.CipherAndMac => DevCryptoCipherAndMacSession.MessageLimit(caller, facts, recipe),
            SessionMode.Compression => caller.MostBytes,
            _ => caller.HasLimit ? caller.MostBytes : long.MaxValue,
        };
}
