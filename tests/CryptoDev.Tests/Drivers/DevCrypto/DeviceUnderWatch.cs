using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Drivers.Kernel;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>The library with an emulated device in its first rung, whose ioctls are written down.</summary>
internal sealed class DeviceUnderWatch : IDisposable
{
    private readonly DevCryptoEmulator _emulator;
    private readonly List<WatchedChannel> _channels = [];

    /// <param name="form">The release that is emulated.</param>
    /// <param name="option">What the option says; null: nothing.</param>
    /// <param name="change">Other switches of the emulated device.</param>
    /// <param name="instead">Answers in its place.</param>
    /// <param name="clock">Tells the age of refusals.</param>
    /// <param name="policy">The policy of the library; null: this device alone.</param>
    /// <param name="wrap">Puts something between the watch and the emulated device.</param>
    /// <param name="kernel">What the kernel's list of drivers says; null: that of this machine.</param>
    public DeviceUnderWatch(
        string form,
        string? option = null,
        Func<DevCryptoEmulatorOptions, DevCryptoEmulatorOptions>? change = null,
        Func<uint, byte[], int?>? instead = null,
        TimeProvider? clock = null,
        DriverPolicy? policy = null,
        Func<DeviceChannel, DeviceChannel>? wrap = null,
        KernelDrivers? kernel = null
    )
    {
        DevCryptoEmulatorOptions options = new DevCryptoEmulatorOptions
        {
            Dialect = DialectOf(form),
            Form = form,
            Policy = DriverPolicy.SoftwareOnly,
        }.AllowingSoftware();
        _emulator = new DevCryptoEmulator(change?.Invoke(options) ?? options);
        Driver = new DevCryptoDriver(
            new DevCryptoMachine(
                "/dev/crypto",
                (out Errno error) =>
                {
                    EmulatedChannel? channel = EmulatedChannel.Open(_emulator, trusted: true, out error);
                    if (channel is null)
                    {
                        return null;
                    }

                    _channels.Add(new WatchedChannel(wrap?.Invoke(channel) ?? channel) { Instead = instead });
                    return _channels[^1];
                },
                option,
                clock
            ),
            kernel ?? KernelDrivers.OfThisMachine,
            null
        );
        Device = new CryptoDevice(
            new CryptoDeviceOptions { Policy = policy ?? DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(Driver)
        );
    }

    public CryptoDevice Device { get; }

    public DevCryptoDriver Driver { get; }

    public DevCryptoEmulator Emulator => _emulator;

    /// <summary>How often the device was opened.</summary>
    public int Opened => _channels.Count;

    /// <summary>The channel opened last.</summary>
    public WatchedChannel Channel => _channels[^1];

    public static DialectInfo DialectOf(string form) =>
        form == "cryptodev-linux" ? DialectInfo.CryptodevLinux : DialectInfo.Parse(form.Split(' ')[0]);

    public static IoctlInfo Ioctl(string form, string name) => DialectOf(form).Ioctls.Single(ioctl => ioctl.Name == name);

    public Session Open(SessionParameters parameters)
    {
        Session session = Device.CreateSession(parameters);
        session.Driver.Rung.Should().Be("devcrypto");
        return session;
    }

    public Session Cipher(CryptoAlgorithm algorithm, byte[] key)
    {
        using CryptoKey held = CryptoKey.Copy(key);
        return Open(SessionParameters.Cipher(algorithm, held));
    }

    public void Dispose()
    {
        Device.Dispose();
        _emulator.Dispose();
    }
}
