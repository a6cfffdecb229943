using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>Opens a device. Returns null and the error where there is none.</summary>
internal delegate DeviceChannel? DeviceOpener(out Errno error);

/// <summary>The reason why there is no device.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Cure">What would help.</param>
/// <param name="Errno">The errno value of opening the device; ENODEV where it opened but cannot be used.</param>
internal readonly record struct DeviceAbsence(string Reason, string? Cure, int Errno)
{
    /// <summary>The reason as the answer to a probe.</summary>
    public DriverVerdict Verdict => DriverVerdict.No(Reason, Cure, Errno);

    /// <summary>The reason as an exception.</summary>
    public CryptoDevException ForOperation(string operation) =>
        new(Errno, DevCryptoDriver.Rung, operation, Cure is null ? $"{Reason}." : $"{Reason}; {Cure}.");
}

/// <summary>
/// The device of this rung. It is opened on first use, and opened again after it was lost. The reason for a missing device is found by
/// opening it and is reported in words.
/// </summary>
/// <param name="path">The path of the device.</param>
/// <param name="opener">Opens it.</param>
/// <param name="form">The dialect or release that it speaks; null: the device is asked.</param>
/// <param name="clock">The clock for the age of refusals; null: the system's clock.</param>
internal sealed class DevCryptoMachine(string path, DeviceOpener opener, string? form, TimeProvider? clock = null) : IDisposable
{
    private const string Serve = "load the kernel module (modprobe cryptodev), or run 'cryptodev serve'";

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<DeviceForm> _forms = DeviceForm.Named(form);
    private DevCryptoDevice? _device;
    private bool _disposed;

    public DevCryptoMachine(string path, string? form)
        : this(path, (out Errno error) => DeviceFile.Open(path, out error), form) { }

    /// <summary>The path of the device.</summary>
    public string Path => path;

    /// <summary>The open device, or the reason why there is none and what would help.</summary>
    public DevCryptoDevice? Find(out DeviceAbsence absence)
    {
        lock (_lock)
        {
            absence = default;
            if (_device is { Caller.IsLost: false })
            {
                return _device;
            }

            // Its sessions keep the descriptor until they are closed, and get the error themselves.
            _device?.Release();
            _device = null;
            if (_disposed)
            {
                absence = new DeviceAbsence("its CryptoDevice is disposed", null, LibC.ENODEV);
                return null;
            }

            if (opener(out Errno error) is not { } channel)
            {
                (string reason, string? cure) = Explain(error);
                absence = new DeviceAbsence(reason, cure, error.Number);
                return null;
            }

            if (DeviceFormFinder.Find(channel, _forms, out string? unknown) is not { } caller)
            {
                absence = new DeviceAbsence(
                    unknown!,
                    "name the dialect: CryptoDeviceOptions.DevCryptoDialect, or --device-dialect",
                    LibC.ENODEV
                );
                return null;
            }

            return _device = new DevCryptoDevice(caller, clock);
        }
    }

    /// <summary>The device if it is already open.</summary>
    public DevCryptoDevice? Open
    {
        get
        {
            lock (_lock)
            {
                return _device;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _device?.Release();
            _device = null;
        }
    }

    private (string Reason, string? Cure) Explain(Errno error) =>
        error.Number switch
        {
            LibC.ENOENT => ($"there is no {path}", Serve),
            LibC.ENODEV or LibC.ENXIO => (
                $"{path} is there and nothing answers behind it ({error.Name}): no driver, or kern.usercrypto is 0",
                Serve
            ),
            LibC.EACCES or LibC.EPERM => (
                $"this user may not open {path} ({error.Name})",
                "give it read and write permission, or use 'cryptodev serve --mode'"
            ),
            LibC.EMFILE => ("this process has too many open descriptors", "raise its limit (ulimit -n) or dispose sessions"),
            LibC.ENFILE => ("the machine has too many open files", "raise fs.file-max"),
            LibC.ENOTCONN or LibC.ECONNABORTED => ($"the program that served {path} has ended", "run 'cryptodev serve' again"),
            _ => ($"{path} could not be opened: {error}", null),
        };
}
