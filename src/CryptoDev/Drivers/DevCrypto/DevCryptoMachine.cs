using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>Opens a device: null and the reason where there is none.</summary>
internal delegate DeviceChannel? DeviceOpener(out Errno error);

/// <summary>
/// The device of this rung: opened when somebody asks, and opened again when it was lost. Why there is none is found by opening it, and
/// told in words.
/// </summary>
internal sealed class DevCryptoMachine(string path, DeviceOpener opener, string? form) : IDisposable
{
    private const string Serve = "load the kernel module (modprobe cryptodev), or run 'cryptodev serve'";

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<DeviceForm> _forms = DeviceForm.Named(form);
    private DevCryptoDevice? _device;
    private bool _disposed;

    public DevCryptoMachine(string path, string? form)
        : this(path, (out Errno error) => DeviceFile.Open(path, out error), form) { }

    /// <summary>Where the device is looked for.</summary>
    public string Path => path;

    /// <summary>The open device, or why there is none and what would help.</summary>
    public DevCryptoDevice? Find(out string? reason, out string? cure)
    {
        lock (_lock)
        {
            reason = cure = null;
            if (_device is { Caller.IsLost: false })
            {
                return _device;
            }

            // Its sessions keep the descriptor until they are closed, and meet the error themselves.
            _device?.Release();
            _device = null;
            if (_disposed)
            {
                reason = "its CryptoDevice is disposed";
                return null;
            }

            if (opener(out Errno error) is not { } channel)
            {
                (reason, cure) = Explain(error);
                return null;
            }

            if (DeviceFormFinder.Find(channel, _forms, out reason) is not { } caller)
            {
                cure = "name the dialect: CryptoDeviceOptions.DevCryptoDialect, or --device-dialect";
                return null;
            }

            return _device = new DevCryptoDevice(caller);
        }
    }

    /// <summary>The device if it is open already.</summary>
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
