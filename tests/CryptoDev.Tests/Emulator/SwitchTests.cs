using System.Buffers.Binary;
using System.Text;
using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>The switches of the BSDs while the device is in use, by the API and by sysctl(3).</summary>
public sealed class SwitchTests
{
    private static readonly byte[] s_key = new byte[16];

    [Fact]
    public void The_next_session_finds_software_forbidden_and_those_that_are_open_stay()
    {
        using EmulatedClient client = new(Options("netbsd"));
        client.Device.AllowSoft.Should().Be(1, "the default of NetBSD");
        Open(client, out uint _).Should().Be(LibC.EINVAL);
        client.Device.AllowSoft = 0;
        Open(client, out uint session).Should().Be(0);
        client.Device.AllowSoft = 1;
        Open(client, out uint _).Should().Be(LibC.EINVAL);
        Encrypt(client, session).Should().Be(0);
        client.Device.AllowSoft = -1;
        Open(client, out uint _).Should().Be(0);
    }

    [Fact]
    public void The_next_open_finds_the_device_shut_and_files_that_are_open_stay()
    {
        using EmulatedClient client = new(Options("netbsd") with { AllowSoft = 0 });
        Open(client, out uint session).Should().Be(0);
        client.Device.UserCrypto = 0;
        client.Device.Open(out EmulatedFile? file).Should().Be(LibC.ENXIO);
        file.Should().BeNull();
        Encrypt(client, session).Should().Be(0);
        client.Device.UserCrypto = 1;
        client.Device.Open(out file).Should().Be(0);
        file!.Dispose();
    }

    [Fact]
    public void The_next_CIOCASYMFEAT_finds_key_operations_shut()
    {
        using EmulatedClient client = new(Options("netbsd") with { AllowSoft = 0 });
        uint before = 0;
        uint after = 0;
        client.Ioctl(Table.CIOCASYMFEAT, ref before).Should().Be(0);
        client.Device.UserAsymCrypto = 0;
        client.Ioctl(Table.CIOCASYMFEAT, ref after).Should().Be(0);
        after.Should().Be(0);
        client.Device.UserAsymCrypto = 1;
        client.Ioctl(Table.CIOCASYMFEAT, ref after).Should().Be(0);
        after.Should().Be(before);
    }

    [Fact]
    public void The_switches_begin_as_the_options_say()
    {
        using DevCryptoEmulator device = new(Options("openbsd") with { UserCrypto = 7, UserAsymCrypto = int.MinValue, AllowSoft = -3 });
        (device.UserCrypto, device.UserAsymCrypto, device.AllowSoft).Should().Be((7, int.MinValue, -3));
        using DevCryptoEmulator standard = new(Options("openbsd"));
        (standard.UserCrypto, standard.UserAsymCrypto, standard.AllowSoft).Should().Be((0, 0, 0));
    }

    [Fact]
    public void Linux_has_no_switches()
    {
        using DevCryptoEmulator device = new(Options("linux"));
        (device.UserCrypto, device.UserAsymCrypto, device.AllowSoft).Should().Be((null, null, null));
        device.Invoking(one => one.AllowSoft = 1).Should().Throw<InvalidOperationException>().WithMessage("*cryptodev-linux*");
        Ask(device, "kern.usercrypto").Should().Be(LibC.ENOENT);
    }

    [Theory]
    [InlineData("netbsd", "usercrypto userasymcrypto cryptodevallowsoft")]
    [InlineData("openbsd 2002", "usercrypto=52 cryptodevallowsoft=53")]
    [InlineData("openbsd 2014", "usercrypto=52 cryptodevallowsoft=53 userasymcrypto=60")]
    [InlineData("freebsd 12", "usercrypto userasymcrypto cryptodevallowsoft crypto_stats")]
    [InlineData("freebsd 13", "usercrypto userasymcrypto crypto.asym_enable cryptodevallowsoft crypto.allow_soft crypto.stats")]
    [InlineData("freebsd 14", "usercrypto cryptodevallowsoft crypto.allow_soft crypto.stats")]
    public void Each_release_has_its_names_and_numbers(string form, string expected)
    {
        using DevCryptoEmulator device = new(Options(form));
        string[] all =
        [
            "usercrypto",
            "userasymcrypto",
            "cryptodevallowsoft",
            "crypto.asym_enable",
            "crypto.allow_soft",
            "crypto_stats",
            "crypto.stats",
        ];
        string[] wanted = [.. expected.Split(' ').Select(entry => entry.Split('=')[0])];
        foreach (string name in all)
        {
            Ask(device, $"kern.{name}").Should().Be(wanted.Contains(name) ? 0 : LibC.ENOENT, name);
            Ask(device, $"kern.{name}x").Should().Be(LibC.ENOENT);
        }

        for (int number = 0; number < 200; number++)
        {
            bool has = expected.Split(' ').Any(entry => entry.EndsWith($"={number}", StringComparison.Ordinal));
            Ask(device, [SysctlTable.CtlKern, number]).Should().Be(has ? 0 : LibC.ENOENT, number.ToString(null, null));
            Ask(device, [2, number]).Should().Be(LibC.ENOENT);
            Ask(device, [SysctlTable.CtlKern, number, 0]).Should().Be(LibC.ENOENT);
        }
    }

    [Theory]
    [InlineData("netbsd", false)]
    [InlineData("openbsd 2014", false)]
    [InlineData("freebsd 14", true)]
    public void A_new_value_has_the_length_of_an_int(string form, bool takesLonger)
    {
        using DevCryptoEmulator device = new(Options(form));
        int before = device.AllowSoft!.Value;
        byte[] value = [5, 0, 0, 0, 9, 9, 9, 9];
        foreach (ulong length in new ulong[] { 0, 1, 3 })
        {
            Set(device, value[..(int)length], length).Should().Be(LibC.EINVAL);
        }

        device.AllowSoft.Should().Be(before);
        Set(device, value, 8).Should().Be(takesLonger ? 0 : LibC.EINVAL);
        Set(device, value, ulong.MaxValue).Should().Be(takesLonger ? 0 : LibC.EINVAL);
        device.AllowSoft.Should().Be(takesLonger ? 5 : before);
        Set(device, value[..4], 4).Should().Be(0);
        device.AllowSoft.Should().Be(5);
        Set(device, [1, 0, 0, 0], 4, isPrivileged: false).Should().Be(LibC.EPERM);
        device.AllowSoft.Should().Be(5);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(3UL)]
    [InlineData(4UL)]
    [InlineData(ulong.MaxValue)]
    public void As_much_is_told_as_there_is_room_for(ulong room)
    {
        using DevCryptoEmulator device = new(Options("netbsd"));
        byte[] value = new byte[16];
        SysctlCall call = new()
        {
            Name = "kern.usercrypto"u8,
            WordSize = WordSize.LP64,
            Reads = true,
            Room = room,
            Sets = true,
            NewLength = 4,
            NewValue = [9, 0, 0, 0],
            IsPrivileged = true,
        };
        int error = device.Sysctl(in call, value, out int length, out ulong told, out _);
        error.Should().Be(room < 4 ? LibC.ENOMEM : 0);
        length.Should().Be((int)Math.Min(room, 4));
        told.Should().Be((ulong)length);
        value.Should().Equal([.. new byte[] { 1, 0, 0, 0 }.Take(length), .. new byte[16 - length]]);
        device.UserCrypto.Should().Be(room < 4 ? 1 : 9, "with too little room nothing is set");

        SysctlCall lengthOnly = new() { Name = "kern.usercrypto"u8, WordSize = WordSize.ILP32 };
        device.Sysctl(in lengthOnly, value, out length, out told, out _).Should().Be(0);
        (length, told).Should().Be((0, 4UL));
    }

    [Theory]
    [InlineData("freebsd 12", "kern.crypto_stats", WordSize.LP64, 256, 4)]
    [InlineData("freebsd 12", "kern.crypto_stats", WordSize.ILP32, 144, 4)]
    [InlineData("freebsd 14", "kern.crypto.stats", WordSize.LP64, 64, 8)]
    [InlineData("freebsd 14", "kern.crypto.stats", WordSize.ILP32, 64, 8)]
    public void The_counters_are_those_of_the_release(string form, string name, WordSize wordSize, int size, int width)
    {
        using DevCryptoEmulator device = new(Options(form));
        Counters counters = CountersOf(device);
        counters.CountRequest(0);
        counters.CountRequest(LibC.EBADMSG);
        counters.CountRequest(0);
        counters.CountKeyRequest(LibC.ENODEV);
        byte[] value = Read();
        value.Should().HaveCount(size);
        Numbers(value).Should().Equal(3, 1, 1, 1, 0, 0, 0, 0);
        value[(8 * width)..].Should().Equal(new byte[size - (8 * width)]);

        // A write sets those of 12 and makes those of 13 zero.
        byte[] fresh = new byte[size];
        fresh[0] = 5;
        fresh[width] = 2;
        SysctlCall write = new()
        {
            Name = Encoding.ASCII.GetBytes(name),
            WordSize = wordSize,
            Sets = true,
            NewLength = (ulong)size,
            NewValue = fresh,
            IsPrivileged = true,
        };
        device.Sysctl(in write, [], out _, out _, out _).Should().Be(0);
        Numbers(Read()).Should().Equal(width == 4 ? [5, 2, 0, 0, 0, 0, 0, 0] : new ulong[8]);
        SysctlCall shorter = new()
        {
            Name = Encoding.ASCII.GetBytes(name),
            WordSize = wordSize,
            Sets = true,
            NewLength = 1,
            NewValue = [1],
            IsPrivileged = true,
        };
        device.Sysctl(in shorter, [], out _, out _, out _).Should().Be(width == 4 ? LibC.EINVAL : 0);

        byte[] Read()
        {
            byte[] room = new byte[512];
            SysctlCall call = new()
            {
                Name = Encoding.ASCII.GetBytes(name),
                WordSize = wordSize,
                Reads = true,
                Room = 512,
            };
            device.Sysctl(in call, room, out int length, out _, out _).Should().Be(0);
            return room[..length];
        }

        ulong[] Numbers(byte[] bytes) =>
            [
                .. Enumerable
                    .Range(0, 8)
                    .Select(index =>
                        width == 4
                            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(index * 4))
                            : BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(index * 8))
                    ),
            ];
    }

    private static Counters CountersOf(DevCryptoEmulator device)
    {
        device.UserCrypto = 1;
        device.Open(out EmulatedFile? file).Should().Be(0);
        using (file)
        {
            return file!.Kernel.Counters;
        }
    }

    private static DevCryptoEmulatorOptions Options(string form) =>
        new()
        {
            Dialect = DialectInfo.Parse(form.Split(' ')[0]),
            Form = form.Contains(' ', StringComparison.Ordinal) ? form : null,
            Policy = DriverPolicy.SoftwareOnly,
        };

    private static int Ask(DevCryptoEmulator device, string name)
    {
        SysctlCall call = new() { Name = Encoding.ASCII.GetBytes(name), WordSize = WordSize.LP64 };
        return device.Sysctl(in call, [], out _, out _, out _);
    }

    private static int Ask(DevCryptoEmulator device, int[] numbers)
    {
        SysctlCall call = new() { Numbers = numbers, WordSize = WordSize.LP64 };
        return device.Sysctl(in call, [], out _, out _, out _);
    }

    private static int Set(DevCryptoEmulator device, byte[] value, ulong length, bool isPrivileged = true)
    {
        SysctlCall call = new()
        {
            Name = "kern.cryptodevallowsoft"u8,
            WordSize = WordSize.LP64,
            Sets = true,
            NewLength = length,
            NewValue = value,
            IsPrivileged = isPrivileged,
        };
        return device.Sysctl(in call, [], out _, out _, out _);
    }

    private static int Open(EmulatedClient client, out uint session)
    {
        session_op op = new()
        {
            cipher = CRYPTO_AES_CBC,
            keylen = 16,
            key = client.Process.Map(s_key),
        };
        int error = client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op);
        session = op.ses;
        return error;
    }

    private static int Encrypt(EmulatedClient client, uint session)
    {
        nint data = client.Process.Map(new byte[16]);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 16,
            src = data,
            dst = data,
            iv = client.Process.Map(new byte[16]),
        };
        return client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);
    }
}
