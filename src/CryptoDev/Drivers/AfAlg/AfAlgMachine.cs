using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// One look at this machine, shared by the rung and the drivers pinned behind it: what is registered, what was found to work, why the rest
/// does not.
/// </summary>
internal sealed class AfAlgMachine
{
    private readonly PciDeviceLocator _locator;
    private readonly Func<KernelCryptoCatalogue> _read;
    private readonly VerdictCache<(string Type, string Name, string? Pinned), AfAlgChoice> _choices;
    private volatile KernelCryptoCatalogue? _catalogue;

    public AfAlgMachine(string root = "/", TimeProvider? clock = null)
    {
        Clock = clock;
        _choices = new VerdictCache<(string Type, string Name, string? Pinned), AfAlgChoice>(clock);
        string sys = Path.Combine(root, "sys");
        _locator = new PciDeviceLocator(sys);
        _read =
            root == "/"
                ? KernelCryptoCatalogue.Read
                : () => KernelCryptoCatalogue.Read(Path.Combine(root, "proc"), sys, CryptoUserSocket.Dump);
        Modules = new KernelModules(root);
        Diagnosis = new AfAlgDiagnosis(Modules);
    }

    /// <summary>Tells the age of refusals; null: the system's.</summary>
    public TimeProvider? Clock { get; }

    public KernelModules Modules { get; }

    public AfAlgDiagnosis Diagnosis { get; }

    /// <summary>What was registered at the last look.</summary>
    public KernelCryptoCatalogue Catalogue => _catalogue ??= _read();

    /// <summary>Looks again: a bind may have loaded modules and instantiated templates.</summary>
    public KernelCryptoCatalogue Refresh() => _catalogue = _read();

    /// <summary>
    /// The names to bind for an algorithm, the first choice in front. None: <paramref name="refusal"/> is what the kernel said to the name,
    /// and that stands for a moment, because for a name it does not know the kernel starts modprobe each time.
    /// </summary>
    public IReadOnlyList<AfAlgTarget> FindTargets(string type, string name, string? pinned, out AfAlgFailure refusal)
    {
        if (_choices.TryRecall((type, name, pinned), out AfAlgChoice? known, out _))
        {
            refusal = known!.Refusal;
            return known.Targets;
        }

        // Templates are listed only after their first use and modules load on bind, so the kernel is asked before the list is read.
        refusal = TryBind(type, pinned ?? name);
        IReadOnlyList<AfAlgTarget> listed =
        [
            .. Refresh().FindDrivers(type, name).Where(entry => pinned is null || entry.DriverName == pinned).Select(Target),
        ];
        if (listed.Count == 0 && (refusal.IsFailure || pinned is not null))
        {
            if (!refusal.IsFailure)
            {
                refusal = new AfAlgFailure(AfAlgStep.Bind, new Errno(LibC.ENOENT));
            }

            _choices.RememberRefusal((type, name, pinned), new AfAlgChoice([], refusal), refusal.Error.Number);
            return [];
        }

        // The plain name last: for a kernel whose list cannot be read, and for one that lets none of the listed drivers be bound by name.
        IReadOnlyList<AfAlgTarget> targets = pinned is null
            ? [.. listed, new AfAlgTarget(type, name, null, DriverKind.Generic, null)]
            : listed;
        _choices.Remember((type, name, pinned), new AfAlgChoice(targets, refusal));
        return targets;
    }

    /// <summary>Forgets what was found for an algorithm, because the kernel says otherwise now.</summary>
    public void Forget(string type, string name, string? pinned) => _choices.Forget((type, name, pinned));

    /// <summary>The first PCI function behind a kernel driver.</summary>
    public string? PciAddressOf(KernelCryptoEntry entry) =>
        entry.Kind == DriverKind.Hardware && _locator.Find(entry.Module) is [PciDevice first, ..] ? first.Address : null;

    private static AfAlgFailure TryBind(string type, string name)
    {
        using AlgTransformSocket? socket = AlgTransformSocket.Open(out Errno error);
        return socket is null ? new AfAlgFailure(AfAlgStep.Socket, error) : new AfAlgFailure(AfAlgStep.Bind, socket.Bind(type, name));
    }

    private AfAlgTarget Target(KernelCryptoEntry entry) =>
        new(entry.BindType, entry.DriverName, entry.DriverName, entry.Kind, PciAddressOf(entry));

    /// <summary>The names to bind, or what the kernel said to the one that was tried.</summary>
    private sealed record AfAlgChoice(IReadOnlyList<AfAlgTarget> Targets, AfAlgFailure Refusal);
}
