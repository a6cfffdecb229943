using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>The rung of <c>/dev/crypto</c>: a kernel's device, or a served one.</summary>
internal sealed class DevCryptoDriver(DevCryptoMachine machine) : ICryptoDriver, IKeyDriver, IDisposable
{
    /// <summary>The rung's name.</summary>
    public const string Rung = "devcrypto";

    public DriverInfo Info =>
        new()
        {
            Name = Rung,
            Kind = DriverKind.Generic,
            Implementation = machine.Open is { } device ? $"{device.Caller.Codec.Form} at {machine.Path}" : null,
            Algorithms = new DeviceAlgorithms(this),
        };

    public RungAvailability Availability =>
        machine.Find(out DeviceAbsence absence) is null
            ? new RungAvailability(Rung, false, absence.Reason, absence.Cure)
            : new RungAvailability(Rung, true, null, null);

    public IReadOnlyList<string> Notes => machine.Find(out _) is { } device ? [$"{machine.Path} speaks {device.Caller.Codec.Form}."] : [];

    public IReadOnlyList<DriverInfo> Members => [];

    /// <summary>There is nothing to pin: a kernel chooses its driver itself.</summary>
    public ICryptoDriver? Pin(string member) => null;

    public DriverVerdict Probe(SessionParameters parameters)
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
                return Create(device, recipe, session);
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

    public bool TakesManyKeys => machine.Find(out _) is { Keys.TakesMany: true };

    public int[]? ProcessKeys(IReadOnlyList<KeyOp> ops, out SessionDriver? driver)
    {
        driver = null;
        return machine.Find(out _)?.Keys.ProcessMany(ops, out driver);
    }

    /// <summary>Closes the device when its last session is closed.</summary>
    public void Dispose() => machine.Dispose();

    private DriverSession Create(DevCryptoDevice device, DeviceRecipe recipe, KernelSessionHandle session)
    {
        SessionParameters parameters = recipe.Parameters;
        (string? name, DriverKind kind) = device.Caller.Describe(session.Answer);
        SessionDriver driver = new()
        {
            Name = name is null ? Rung : $"{Rung}:{name}",
            Kind = kind,
            KernelDriver = name,
        };
        DevCryptoOpening opening = new(device.Caller, recipe, session, driver);
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
                || !Probe(parameters.ForTransform(0)).Accepted
                || !Probe(parameters.ForTransform(1)).Accepted
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

        (string? name, DriverKind kind) = caller.Describe(session.Answer);
        return DriverVerdict.Yes(kind, MessageLimit(caller, recipe), name);
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

    private static long MessageLimit(DeviceCaller caller, DeviceRecipe recipe) =>
        recipe.Parameters.Mode switch
        {
            SessionMode.Cipher => DevCryptoCipherSession.MessageLimit(caller, recipe),
            SessionMode.Aead => DevCryptoAeadSession.MessageLimit(caller, recipe),
            SessionMode.CipherAndMac => DevCryptoCipherAndMacSession.MessageLimit(caller, recipe),
            SessionMode.Compression => caller.MostBytes,
            _ => caller.HasLimit ? caller.MostBytes : long.MaxValue,
        };
}
