using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// What all open files of one emulated device share: the framework, the dialect's rules, the limits of all clients together, and the
/// workers.
/// </summary>
internal sealed class EmulatedKernel
{
    private readonly CryptoDevice _device;
    private readonly Lazy<KeyFeatures> _keyFeatures;
    private readonly Lazy<IReadOnlyList<DriverInfo>> _drivers;
    private readonly UserTable _users;
    private long _lastFile;

    public EmulatedKernel(DevCryptoEmulatorOptions options)
    {
        Options = options;
        Rules = DialectRules.Create(options);
        Files = new Quota(Limits.OpenFiles);
        Sessions = new Quota(Limits.Sessions);
        Requests = new Quota(Limits.Requests);
        Bytes = new Quota(Limits.Bytes);
        _users = new UserTable(this);
        Counters = new Counters(options.Dialect.Ioctls);
        Workers = new WorkerPool(Math.Max(2, Environment.ProcessorCount));
        Keys = new KeyPool(Limits.KeysAtOnce);
        _device = CryptoDevice.Open(
            new CryptoDeviceOptions
            {
                Policy = options.Policy,
                DevCryptoPath = null,
                RefuseEqualXtsHalves = options.RefuseEqualXtsHalves,
            }
        );
        _drivers = new Lazy<IReadOnlyList<DriverInfo>>(() => _device.GetDrivers());
        _keyFeatures = new Lazy<KeyFeatures>(() => _device.GetKeyFeatures());
    }

    public DevCryptoEmulatorOptions Options { get; }

    public EmulatorLimits Limits => Options.Limits;

    public DialectRules Rules { get; }

    public string Form => Rules.Form;

    public Counters Counters { get; }

    public WorkerPool Workers { get; }

    /// <summary>The threads that compute key operations.</summary>
    public KeyPool Keys { get; }

    public Quota Files { get; }

    public Quota Sessions { get; }

    public Quota Requests { get; }

    public Quota Bytes { get; }

    public bool IsEnded { get; private set; }

    public CryptoDevice Device => _device;

    /// <summary>The key operations of this machine. They are found once, because this opens a driver for each operation.</summary>
    public KeyFeatures KeyFeatures => _keyFeatures.Value;

    /// <summary>The drivers by number, for FreeBSD's programs, which choose a driver by number.</summary>
    public IReadOnlyList<DriverInfo> Drivers => _drivers.Value;

    /// <summary>Whether the device shows the key operation, and one of the allowed drivers has it.</summary>
    public bool HasKeyDriver(KeyOperation operation, DriverDemand demand) =>
        (Rules.ShownKeyOperations & (KeyFeatureMask)(1 << (int)operation)) != 0
        && KeyFeatures.ServedBy.ContainsKey(operation)
        && KeyFeatures.Operations.Any(row =>
            row.Operation == operation
            && row.IsAvailable
            && demand.Accepts(row.Kind!.Value)
            && (demand.Name is null || demand.Name == row.Driver)
        );

    /// <summary>Opens another file.</summary>
    /// <param name="user">The user whose quotas it takes from.</param>
    /// <param name="isRaw">Whether it is an opened device that needs CRIOGET.</param>
    /// <param name="file">The file. The caller closes it.</param>
    /// <returns>0, or ENFILE at the limit.</returns>
    public int TryOpen(uint user, bool isRaw, out EmulatedFile? file)
    {
        file = null;
        if (_users.TryTakeFile(user) is not { } quotas)
        {
            return LibC.ENFILE;
        }

        Counters.CountOpen();
        file = new EmulatedFile(this, quotas, Interlocked.Increment(ref _lastFile), isRaw);
        return 0;
    }

    public SessionSource Source(DriverDemand demand) => new(_device, Options.Policy, demand);

    public void End()
    {
        IsEnded = true;
        Keys.End();
        _device.Dispose();
    }
}
