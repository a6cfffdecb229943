using System.Collections.Concurrent;
using CryptoDev.Drivers.Kernel;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>The rung of Linux AF_ALG sockets, or one kernel driver of that rung.</summary>
internal sealed class AfAlgDriver : ICryptoDriver, IRandomDriver
{
    /// <summary>The rung's name.</summary>
    public const string Rung = "af_alg";

    // The kernel's own choice comes first. Where it cannot be bound, the jitter generator is tried: Linux 7.2 leaves only that one.
    private static readonly string[] s_generators = ["stdrng", "jitterentropy_rng"];

    private readonly AfAlgMachine _machine;
    private readonly string? _pinned;
    private readonly AfAlgProber _prober;
    private readonly Lazy<DriverInfo> _info;

    // Keeps pinned drivers, so that their findings are not looked up again for every session. A name that no driver has is not kept.
    private readonly ConcurrentDictionary<string, AfAlgDriver> _members = new(StringComparer.Ordinal);

    public AfAlgDriver()
        : this(new AfAlgMachine(), null) { }

    internal AfAlgDriver(AfAlgMachine machine, string? pinned)
    {
        _machine = machine;
        _pinned = pinned;
        _prober = new AfAlgProber(machine, pinned);
        _info = new Lazy<DriverInfo>(pinned is null ? DescribeRung : () => DescribePinned(pinned));
    }

    public DriverInfo Info => _info.Value;

    public RungAvailability Availability
    {
        get
        {
            AfAlgTarget anything = new("skcipher", Rung, null, DriverKind.Generic, null);
            using Native.AlgTransformSocket? socket = Native.AlgTransformSocket.Open(out Native.Errno error);
            if (socket is not null)
            {
                return new RungAvailability(Info.Name, true, null, null);
            }

            (string reason, string? cure) = _machine.Diagnosis.Explain(
                new AfAlgFailure(AfAlgStep.Socket, error),
                anything,
                _machine.Catalogue
            );
            return new RungAvailability(Info.Name, false, reason, cure);
        }
    }

    public IReadOnlyList<string> Notes => _machine.Diagnosis.Notes(_machine.Refresh(), AfAlgMachine.IsRefused);

    public IReadOnlyList<DriverInfo> Members
    {
        get
        {
            // /proc/crypto also lists drivers on kernels whose AF_ALG family is missing or filtered. None of those drivers could be opened.
            if (_pinned is not null || !Availability.IsAvailable)
            {
                return [];
            }

            // Binds every name of the table first. The kernel lists a template or a module only after something has asked for it.
            foreach (CryptoAlgorithm algorithm in CryptoAlgorithm.All)
            {
                if (algorithm.Kernel is { Type: { } type, Name: { } name })
                {
                    _ = _machine.FindTargets(type, name, null, out AfAlgFailure _);
                }
            }

            return
            [
                .. _machine
                    .Refresh()
                    .Entries.Where(entry => entry.IsUsable)
                    .GroupBy(entry => entry.DriverName)
                    .Select(group => Describe([.. group])),
            ];
        }
    }

    public DriverVerdict Probe(SessionParameters parameters) =>
        parameters.Mode switch
        {
            SessionMode.CipherAndMac or SessionMode.Chain => DriverVerdict.Compose,
            _ => _prober.Probe(parameters.Transforms[0]),
        };

    public DriverSession OpenSession(SessionParameters parameters)
    {
        AfAlgOpening opening = _prober.Open(parameters.Transforms[0], Info.Name);
        return AfAlgSessions.Create(opening);
    }

    public ICryptoDriver? Pin(string member)
    {
        if (_pinned is not null)
        {
            return null;
        }

        if (_members.TryGetValue(member, out AfAlgDriver? known))
        {
            return known;
        }

        AfAlgDriver pinned = new(_machine, member);
        return _machine.Catalogue.FindDriver(member) is null ? pinned : _members.GetOrAdd(member, pinned);
    }

    public RandomGenerator OpenRandomGenerator(string? algorithm, ReadOnlySpan<byte> seed)
    {
        AfAlgFailure failure = default;
        AfAlgTarget tried = new("rng", algorithm ?? s_generators[0], null, DriverKind.Generic, null);
        foreach (string name in algorithm is null ? s_generators : [algorithm])
        {
            tried = tried with { Name = BestGenerator(name) };
            if (AfAlgRandomGenerator.TryOpen(tried, seed, out failure) is { } generator)
            {
                return generator;
            }
        }

        (string reason, string? cure) = _machine.Diagnosis.Explain(failure, tried, _machine.Catalogue);
        throw new CryptoDevException(
            failure.Error.Number,
            Info.Name,
            failure.Describe(tried.Type, tried.Name),
            cure is null ? $"{reason}." : $"{reason}; {cure}."
        );
    }

    /// <summary>The driver that the kernel would choose for a generator's name. The generator reports it as its driver.</summary>
    private string BestGenerator(string name) =>
        _machine.FindTargets("rng", name, null, out AfAlgFailure _) is [{ KernelDriver: { } driver }, ..] ? driver : name;

    private DriverInfo DescribeRung() =>
        new()
        {
            Name = Rung,
            Kind = _machine
                .Catalogue.Entries.Where(entry => entry.IsUsable && IsReachable(entry))
                .Select(entry => entry.Kind)
                .DefaultIfEmpty(DriverKind.Generic)
                .Max(),
            Implementation = $"Linux {_machine.Modules.Release}",
            Algorithms = new ServedAlgorithms(this),
        };

    private DriverInfo DescribePinned(string name) =>
        _machine.Catalogue.Entries.Where(entry => entry.DriverName == name).ToArray() is { Length: > 0 } entries
            ? Describe(entries)
            : new DriverInfo
            {
                Name = $"{Rung}:{name}",
                Kind = DriverKind.Generic,
                KernelDriver = name,
            };

    private DriverInfo Describe(KernelCryptoEntry[] entries) =>
        new()
        {
            Name = $"{Rung}:{entries[0].DriverName}",
            Kind = entries[0].Kind,
            Implementation = $"Linux {_machine.Modules.Release}",
            KernelDriver = entries[0].DriverName,
            KernelAlgorithm = string.Join(", ", entries.Select(entry => entry.Name).Distinct()),
            Module = entries[0].Module.Length > 0 ? entries[0].Module : null,
            Priority = entries[0].Priority,
            PciAddress = _machine.PciAddressOf(entries[0]),
            Algorithms =
            [
                .. CryptoAlgorithm.All.Where(algorithm =>
                    entries.Any(entry =>
                        entry.Name == algorithm.Kernel.Name && entry.BindType == algorithm.Kernel.Type && IsReachable(entry)
                    )
                ),
            ],
        };

    /// <summary>
    /// Linux 7.2 lists hardware drivers whose self-tests passed but binds none of them over AF_ALG. CPU code that is listed can be bound.
    /// </summary>
    private static bool IsReachable(KernelCryptoEntry entry)
    {
        if (entry.Kind != DriverKind.Hardware)
        {
            return true;
        }

        using Native.AlgTransformSocket? socket = Native.AlgTransformSocket.Open(out Native.Errno _);
        return socket is not null && socket.Bind(entry.BindType, entry.DriverName).Number == 0;
    }
}
