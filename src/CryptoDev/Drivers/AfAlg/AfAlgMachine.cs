using System.Collections.Concurrent;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>One look at this machine, shared by the rung and the drivers pinned behind it: what is registered, what was found to work, why the rest does not.</summary>
internal sealed class AfAlgMachine
{
    private readonly PciDeviceLocator _locator;
    private readonly Func<KernelCryptoCatalogue> _read;
    private readonly ConcurrentDictionary<(string Type, string Name, string? Pinned), IReadOnlyList<AfAlgTarget>> _targets = new();
    private volatile KernelCryptoCatalogue? _catalogue;

    public AfAlgMachine(string root = "/")
    {
        string sys = Path.Combine(root, "sys");
        _locator = new PciDeviceLocator(sys);
        _read = root == "/"
            ? KernelCryptoCatalogue.Read
            : () => KernelCryptoCatalogue.Read(Path.Combine(root, "proc"), sys, Native.CryptoUserSocket.Dump);
        Modules = new KernelModules(root);
        Diagnosis = new AfAlgDiagnosis(Modules);
    }

    public KernelModules Modules { get; }

    public AfAlgDiagnosis Diagnosis { get; }

    /// <summary>What was registered at the last look.</summary>
    public KernelCryptoCatalogue Catalogue => _catalogue ??= _read();

    /// <summary>Looks again: a bind may have loaded modules and instantiated templates.</summary>
    public KernelCryptoCatalogue Refresh() => _catalogue = _read();

    /// <summary>The names to bind for an algorithm, the first choice in front; empty only for a pinned driver that is not there or serves something else.</summary>
    public IReadOnlyList<AfAlgTarget> FindTargets(string type, string name, string? pinned)
    {
        if (_targets.TryGetValue((type, name, pinned), out IReadOnlyList<AfAlgTarget>? known))
            return known;

        // Templates are listed only after their first use and modules load on bind, so the kernel is asked before the list is read.
        bool bound = TryBind(type, pinned ?? name);
        KernelCryptoCatalogue catalogue = Refresh();
        IReadOnlyList<AfAlgTarget> targets = pinned is null
            ? [.. catalogue.FindDrivers(type, name).Select(Target), new AfAlgTarget(type, name, null, DriverKind.Generic, null)]
            : [.. catalogue.FindDrivers(type, name).Where(entry => entry.DriverName == pinned).Select(Target)];
        if (bound || targets.Any(target => target.KernelDriver is not null))
            _targets.TryAdd((type, name, pinned), targets);
        return targets;
    }

    /// <summary>Forgets what was found for an algorithm, because the kernel says otherwise now.</summary>
    public void Forget(string type, string name, string? pinned) => _targets.TryRemove((type, name, pinned), out _);

    /// <summary>The first PCI function behind a kernel driver.</summary>
    public string? PciAddressOf(KernelCryptoEntry entry) =>
        entry.Kind == DriverKind.Hardware && _locator.Find(entry.Module) is [PciDevice first, ..] ? first.Address : null;

    private static bool TryBind(string type, string name)
    {
        using Native.AlgTransformSocket? socket = Native.AlgTransformSocket.Open(out _);
        return socket is not null && !socket.Bind(type, name).IsError;
    }

    private AfAlgTarget Target(KernelCryptoEntry entry) =>
        new(entry.BindType, entry.DriverName, entry.DriverName, entry.Kind, PciAddressOf(entry));
}
