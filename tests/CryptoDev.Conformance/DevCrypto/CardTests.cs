using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Conformance.Keyring;
using CryptoDev.Conformance.Support;
using CryptoDev.Ioctl;
using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Conformance.DevCrypto;

/// <summary>
/// The emulated card behind a served device: its clients are told its name and that it is hardware, the kernels' own switches, which forbid
/// software, let it through, and its interrupts count the operations.
/// </summary>
public sealed class CardTests
{
    private const string Card = "virtio_crypto_aes_cbc";
    private const int Rounds = 10;

    private static readonly byte[] s_key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");

    /// <summary>AF_ALG binds no hardware driver from 7.2 on.</summary>
    private static bool HasCard => Targets.Served is not null && Targets.Kernel is "6.1+card" or "6.12+card";

    [Fact]
    public void A_session_on_the_device_names_the_card_and_its_interrupts_count_the_operations()
    {
        if (!HasCard)
        {
            HasNoOther();
            return;
        }

        using Server server = new("cardlinux", "--driver", $"af_alg:{Card}");
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { DevCryptoPath = server.Device });
        using CryptoKey key = new(s_key);
        foreach (DriverPolicy policy in new[] { DriverPolicy.Pinned("devcrypto"), DriverPolicy.HardwareOnly, DriverPolicy.Ladder })
        {
            using Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), policy);
            session.Driver.Name.Should().Be($"devcrypto:{Card}", $"by {policy}");
            session.Driver.Kind.Should().Be(DriverKind.Hardware);
            session.Driver.KernelDriver.Should().Be(Card);
            EncryptOnCard(session);
        }

        // The card has nothing else, and nothing else is behind this server.
        Check.Throws<CryptoDevException>(
            "a digest",
            () => device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.Pinned("devcrypto"))
        );
        ReadFlag(server.Device);
    }

    /// <summary>
    /// FreeBSD's default forbids software, as does NetBSD's, whose switch has the opposite sense: what is left of the ladder is the card.
    /// </summary>
    [Theory]
    [InlineData("freebsd", "devcrypto:af_alg", DriverKind.Hardware)]
    [InlineData("netbsd", "devcrypto", DriverKind.Generic)]
    public void Switches_that_forbid_software_let_the_card_through(string dialect, string name, DriverKind kind)
    {
        if (!HasCard)
        {
            HasNoOther();
            return;
        }

        // Served from within: another start of the command takes long on an emulated processor.
        using DevCryptoEmulator emulator = new(new DevCryptoEmulatorOptions { Dialect = DialectInfo.Parse(dialect) });
        using CuseFrontEnd server = new(emulator, new CuseFrontEndOptions { DeviceName = $"card{dialect}" }, null);
        server.Start();
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { DevCryptoPath = $"/dev/card{dialect}" });
        using CryptoKey key = new(s_key);
        using (
            Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), DriverPolicy.Pinned("devcrypto"))
        )
        {
            session.Driver.Name.Should().StartWith(name);
            session.Driver.Kind.Should().Be(kind, "FreeBSD tells the class, NetBSD tells nothing");
            EncryptOnCard(session);
        }

        Check.Throws<CryptoDevException>(
            "software",
            () => device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha1), DriverPolicy.Pinned("devcrypto"))
        );
        emulator.Statistics.Drivers.Keys.Should().Equal($"af_alg:{Card}");
    }

    /// <summary>
    /// No machine of ours without the card has hardware. A device that somebody brought may have some, and then names it and where it is.
    /// </summary>
    private static void HasNoOther()
    {
        foreach (DriverInfo driver in Targets.Device.GetDrivers())
        {
            if (driver.Rung == Targets.DevCrypto && driver.Kind == DriverKind.Hardware)
            {
                Targets.DevicePromises.Should().NotBeNull($"no machine of ours has {driver.Name}");
                (driver.Name == Targets.DevCrypto || driver.Module is not null).Should().BeTrue($"{driver.Name} is a module of the kernel");
            }
        }
    }

    private static void EncryptOnCard(Session session)
    {
        Seeded random = new();
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        long before = KernelKeys.CardInterrupts();
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = random.Bytes(4096);
            byte[] iv = random.Bytes(16);
            byte[] output = new byte[message.Length];
            session.Process(CryptOp.Encrypt(message, output, iv)).Should().Be(message.Length);
            Check.Same(aes.EncryptCbc(message, iv, PaddingMode.None), output, $"message {i}, seed {random.Seed}");
        }

        (KernelKeys.CardInterrupts() - before)
            .Should()
            .BeGreaterThanOrEqualTo(KernelKeys.LeastInterrupts(Rounds), "the messages are requests to the card");
    }

    /// <summary>What the ioctl itself says, as a C program sees it.</summary>
    private static unsafe void ReadFlag(string path)
    {
        using CryptodevLinuxFile fd = CryptodevLinuxFile.Open(
            new DevCryptoFileOptions { Path = path, Policy = DriverPolicy.Pinned("devcrypto") }
        );
        fixed (byte* key = s_key)
        {
            session_op sess = new()
            {
                cipher = CRYPTO_AES_CBC,
                keylen = 16,
                key = (nint)key,
            };
            fd.Ioctl(CIOCGSESSION, ref sess).Should().Be(0);
            session_info_op info = new() { ses = sess.ses };
            fd.Ioctl(CIOCGSESSINFO, ref info).Should().Be(0);
            info.flags.Should().Be(SIOP_FLAG_KERNEL_DRIVER_ONLY);
            fd.Ioctl(CIOCFSESSION, ref sess.ses).Should().Be(0);
        }
    }

    /// <summary>`cryptodev serve` of one device more, which ends well or fails the test.</summary>
    private sealed class Server : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _errors;

        public Server(string name, params string[] options)
        {
            Device = $"/dev/{name}";
            ProcessStartInfo start = new(Environment.GetEnvironmentVariable("CRYPTODEV_COMMAND")!, ["serve", "--device", name, .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _process = Process.Start(start)!;
            _errors = _process.StandardError.ReadToEndAsync();
            if (_process.StandardOutput.ReadLine() is not { } line)
            {
                throw new InvalidOperationException($"No server of {name}: {_errors.Result}");
            }

            line.Should().StartWith($"ready: device {Device}");
        }

        public string Device { get; }

        public void Dispose()
        {
            using (Process kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]))
            {
                kill.WaitForExit();
            }

            _process.WaitForExit();
            int code = _process.ExitCode;
            _process.Dispose();
            code.Should().Be(0, _errors.Result);
        }
    }
}
