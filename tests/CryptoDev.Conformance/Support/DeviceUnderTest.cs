using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Ioctl;

namespace CryptoDev.Conformance.Support;

/// <summary>
/// The device that the suite opens its sessions on. CRYPTODEV_DEVICE and CRYPTODEV_DIALECT say where /dev/crypto is and what it speaks;
/// CRYPTODEV_EMULATE=DIALECT[,DRIVER] puts an emulated one in this process there instead, with that driver behind it.
/// </summary>
internal static class DeviceUnderTest
{
    /// <summary>The dialect that is emulated, or null.</summary>
    public static string? Emulated { get; } = Variable("CRYPTODEV_EMULATE")?.Split(',')[0];

    public static CryptoDevice Open()
    {
        CryptoDeviceOptions options = new() { DevCryptoDialect = Variable("CRYPTODEV_DIALECT") };
        options = Variable("CRYPTODEV_DEVICE") is { } path ? options with { DevCryptoPath = path } : options;
        return Emulated is null ? CryptoDevice.Open(options) : new CryptoDevice(options, DriverRegistry.CreateWith(Emulate(Emulated)));
    }

    private static DevCryptoDriver Emulate(string form)
    {
        string dialect = form.Split(' ')[0];
        string[] words = Variable("CRYPTODEV_EMULATE")!.Split(',');
        DevCryptoEmulator emulator = new(
            new DevCryptoEmulatorOptions
            {
                Dialect = DialectInfo.Parse(dialect),
                Form = form == dialect ? null : form,
                Policy = words.Length > 1 ? DriverPolicy.Pinned(words[1]) : DriverPolicy.Ladder,
            }.AllowingSoftware()
        );
        return new DevCryptoDriver(
            new DevCryptoMachine(
                $"emulated {form}",
                (out Native.Errno error) => EmulatedChannel.Open(emulator, trusted: true, out error),
                form
            )
        );
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
