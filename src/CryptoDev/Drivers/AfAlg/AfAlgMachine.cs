using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// Findings about this machine, shared by the rung and its pinned drivers: which drivers are registered, which algorithms work, and why the
/// others do not.
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

    /// <summary>The clock for the age of refusals; null: the system's clock.</summary>
    public TimeProvider? Clock { get; }

    public KernelModules Modules { get; }

    public AfAlgDiagnosis Diagnosis { get; }

    /// <summary>The drivers that were registered at the last look.</summary>
    public KernelCryptoCatalogue Catalogue => _catalogue ??= _read();

    /// <summary>Reads the list again: a bind may have loaded modules and instantiated templates.</summary>
    public KernelCryptoCatalogue Refresh() => _catalogue = _read();

    /// <summary>
    /// The names to bind for an algorithm, the first choice in front. When the list is empty, <paramref name="refusal"/> is the kernel's
    /// error for the name. The refusal is kept for a short time, because the kernel starts modprobe each time for a name that it does not
    /// know.
    /// </summary>
    public IReadOnlyList<AfAlgTarget> FindTargets(string type, string name, string? pinned, out AfAlgFailure refusal)
    {
        if (_choices.TryRecall((type, name, pinned), out AfAlgChoice? known, out _))
        {
            refusal = known!.Refusal;
            return known.Targets;
        }

        // The kernel is asked before the list is read: it lists templates only after their first use, and it loads modules on bind.
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

        // The plain name comes last. It serves a kernel whose list cannot be read, and a kernel that lets none of the listed drivers be
        // bound by name.
        IReadOnlyList<AfAlgTarget> targets = pinned is null
            ? [.. listed, new AfAlgTarget(type, name, null, DriverKind.Generic, null)]
            : listed;
        _choices.Remember((type, name, pinned), new AfAlgChoice(targets, refusal));
        return targets;
    }

    /// <summary>Forgets the finding for an algorithm, because the kernel now gives another answer.</summary>
    public void Forget(string type, string name, string? pinned) => _choices.Forget((type, name, pinned));

    /// <summary>The first PCI function of a kernel driver.</summary>
    public string? PciAddressOf(KernelCryptoEntry entry) => _locator.AddressOf(entry);

    /// <summary>Whether the kernel says of a driver that it lists that there is no such thing.</summary>
    public static bool IsRefused(KernelCryptoEntry entry) =>
        TryBind(entry.BindType, entry.DriverName) is { Step: AfAlgStep.Bind, Error.Number: LibC.ENOENT };

    private static AfAlgFailure TryBind(string type, string name)
    {
        using AlgTransformSocket? socket = AlgTransformSocket.Open(out Errno error);
        return socket is null ? new AfAlgFailure(AfAlgStep.Socket, error) : new AfAlgFailure(AfAlgStep.Bind, socket.Bind(type, name));
    }

    private AfAlgTarget Target(KernelCryptoEntry entry) =>
        new(entry.BindType, entry.DriverName, entry.DriverName, entry.Kind, PciAddressOf(entry)) { MayBeHardware = entry.MayBeHardware };

    /// <summary>The names to bind, or the kernel's error for the name that was tried.</summary>
    private sealed record AfAlgChoice(IReadOnlyList<AfAlgTarget> Targets, AfAlgFailure Refusal);
}
