using CryptoDev.Drivers.AfAlg;
using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;
using CryptoDev.Tests.Drivers.AfAlg;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// A card behind a /dev/crypto that sets no flag for it: the kernel's list tells what it is, and requests to it are short, because a long
/// one hangs for ever.
/// </summary>
public sealed class CardBehindDeviceTests : IDisposable
{
    private const string Form = "cryptodev-linux";
    private const string Card = "virtio_crypto_aes_cbc";
    private const string Address = "0000:00:05.0";
    private const int Long = 500_000;

    private static readonly byte[] s_iv = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 3))];

    private readonly FakeKernel _kernel = new();
    private readonly byte[] _message = new byte[Long];
    private StrictChannel? _channel;

    public CardBehindDeviceTests() => new Random(3).NextBytes(_message);

    public void Dispose() => _kernel.Dispose();

    [Theory]
    [InlineData(Card, DriverKind.Hardware, Address)]
    [InlineData("cbc-aes-aesni", DriverKind.Accelerated, null)]
    [InlineData("cbc(aes-generic)", DriverKind.Generic, null)]
    public void Its_kind_and_address_are_what_the_kernels_list_says(string driver, DriverKind kind, string? address)
    {
        using DeviceUnderWatch watch = Watch(driver);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key[..16]);
        session
            .Driver.Should()
            .BeEquivalentTo(
                new
                {
                    Name = $"devcrypto:{driver}",
                    Kind = kind,
                    KernelDriver = driver,
                    PciAddress = address,
                }
            );
    }

    [Fact]
    public void Policies_that_want_hardware_take_it()
    {
        using DeviceUnderWatch watch = Watch(Card);
        using CryptoKey key = new(s_key[..16]);
        foreach (DriverPolicy policy in new[] { DriverPolicy.HardwareOnly, DriverPolicy.HardwarePreferred })
        {
            using Session session = watch.Device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), policy);
            session.Driver.Name.Should().Be($"devcrypto:{Card}", "{0}", policy);
        }
    }

    [Fact]
    public void It_can_be_pinned_and_another_cannot()
    {
        using DeviceUnderWatch watch = Watch(Card);
        using CryptoKey key = new(s_key[..16]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        using (Session session = watch.Device.CreateSession(parameters, DriverPolicy.Pinned($"devcrypto:{Card}")))
        {
            byte[] output = new byte[64];
            session.Process(CryptOp.Encrypt(_message.AsSpan(0, 64), output, s_iv)).Should().Be(64);
        }

        watch
            .Device.Invoking(device => device.CreateSession(parameters, DriverPolicy.Pinned("devcrypto:cbc-aes-aesni")))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage($"*runs it on {Card}, not on cbc-aes-aesni*");
        watch.Driver.Pin(Card)!.Probe(parameters).Accepted.Should().BeTrue();
        watch.Driver.Pin("cbc-aes-aesni")!.Probe(parameters).Accepted.Should().BeFalse("another rung may be asked instead");
        using KeyOp power = KeyOp.ModExp([5], [3], [23]);
        watch
            .Device.Invoking(device => device.Process(power, DriverPolicy.Pinned($"devcrypto:{Card}")))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*does not tell before it runs a key operation*");
        watch.Emulator.Statistics.OpenSessions.Should().Be(0);
    }

    [Fact]
    public void The_lists_and_the_doctor_tell_of_it()
    {
        using DeviceUnderWatch watch = Watch(Card);
        DriverInfo member = watch.Device.GetDrivers().Single(driver => driver.Name == $"devcrypto:{Card}");
        member
            .Should()
            .BeEquivalentTo(
                new
                {
                    Kind = DriverKind.Hardware,
                    KernelAlgorithm = "cbc(aes)",
                    Module = "virtio_crypto",
                    Priority = 150,
                    PciAddress = Address,
                }
            );
        member.Algorithms.Should().Contain(CryptoAlgorithm.AesCbc);
        watch.Device.GetDrivers().Single(driver => driver.Name == "devcrypto").Kind.Should().Be(DriverKind.Hardware);
        watch
            .Device.GetAvailability()
            .Notes.Should()
            .ContainSingle(note => note.Contains(Card) && note.Contains("module virtio_crypto") && note.Contains(Address));
    }

    [Fact]
    public void What_the_kernels_list_does_not_have_is_no_member()
    {
        using DeviceUnderWatch watch = new(Form, kernel: Kernel());
        watch.Device.GetDrivers().Where(driver => driver.Rung == "devcrypto").Should().ContainSingle();
        using CryptoKey key = new(s_key[..16]);
        using Session session = watch.Device.CreateSession(
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key),
            DriverPolicy.Pinned("devcrypto:software")
        );
        session.Driver.Name.Should().Be("devcrypto:software", "a served device's own name can be pinned");
    }

    [Fact]
    public void Long_messages_go_to_it_in_short_requests()
    {
        using DeviceUnderWatch watch = Watch(Card);
        using CryptoKey key = new(s_key[..16]);
        using CryptoKey macKey = new(s_key[..20]);
        SessionParameters cipher = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        byte[] output = new byte[Long];
        using (Session session = watch.Open(cipher))
        {
            watch.Channel.Calls.Clear();
            session.Process(CryptOp.Encrypt(_message, output, s_iv)).Should().Be(Long);
            watch.Channel.Calls.Should().HaveCount((Long / HardwareRequest.MostBytes) + 1);
            Software(watch, cipher, Long).Should().Equal(output);
        }

        SessionParameters digest = SessionParameters.Digest(CryptoAlgorithm.Sha256);
        byte[] hash = new byte[32];
        using (Session session = watch.Open(digest))
        {
            session.Process(CryptOp.Digest(_message, hash)).Should().Be(32);
            hash.Should().Equal(System.Security.Cryptography.SHA256.HashData(_message));
            using DigestOperation pieces = session.BeginDigest();
            pieces.Update(_message);
            pieces.Final(hash);
            hash.Should().Equal(System.Security.Cryptography.SHA256.HashData(_message));
        }

        SessionParameters joint = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCbc, key),
            new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey),
            MacOrder.MacPlaintext
        );
        byte[] whole = new byte[Long + 20];
        using (Session session = watch.Open(joint))
        {
            session.Process(CryptOp.SealAttached(s_iv, _message, whole)).Should().Be(whole.Length);
            Software(watch, joint, whole.Length).Should().Equal(whole);
        }

        _channel!.Deaths.Should().BeEmpty();
    }

    /// <summary>One data unit and one AEAD message cannot be cut, so the session says how much it takes.</summary>
    [Fact]
    public void What_cannot_be_cut_is_bounded()
    {
        using DeviceUnderWatch watch = Watch(Card);
        using CryptoKey key = new(s_key);
        using (Session xts = watch.Open(SessionParameters.Cipher(CryptoAlgorithm.AesXts, key)))
        {
            xts.MaxMessageLength.Should().Be(HardwareRequest.MostBytes);
            byte[] output = new byte[HardwareRequest.MostBytes];
            xts.Process(CryptOp.Encrypt(_message.AsSpan(0, output.Length), output, s_iv)).Should().Be(output.Length);
        }

        using Session gcm = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key));
        gcm.MaxMessageLength.Should().Be(HardwareRequest.MostBytes - 16);
        int most = HardwareRequest.MostBytes - 16 - 20;
        byte[] whole = new byte[most + 16];
        byte[] back = new byte[most];
        gcm.Process(CryptOp.SealAttached(s_iv.AsSpan(0, 12), _message.AsSpan(0, most), whole, new byte[20])).Should().Be(whole.Length);
        gcm.Process(CryptOp.OpenAttached(s_iv.AsSpan(0, 12), whole, back, new byte[20])).Should().Be(most);
        gcm.Invoking(session =>
                session.Process(CryptOp.SealAttached(s_iv.AsSpan(0, 12), _message.AsSpan(0, most + 1), new byte[most + 17], new byte[20]))
            )
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*limit for them together*");
        _channel!.Deaths.Should().BeEmpty();
    }

    /// <summary>
    /// CPU code takes a long message at once, and so does what is no driver of this kernel: a served device cuts for itself.
    /// </summary>
    [Theory]
    [InlineData("cbc-aes-aesni", true, 1)]
    [InlineData("software", true, 1)]
    [InlineData("software", false, 8)]
    [InlineData("nobody-knows", false, 8)]
    public void Only_what_may_be_hardware_gets_short_requests(string driver, bool listIsReadable, int calls)
    {
        KernelDrivers kernel = listIsReadable
            ? Kernel()
            : new KernelDrivers(
                () => KernelCryptoCatalogue.Read("/nonexistent", "/nonexistent", Nothing),
                new PciDeviceLocator("/nonexistent")
            );
        using DeviceUnderWatch watch = new(Form, kernel: kernel);
        _ = watch.Driver.Availability;
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (request == DeviceUnderWatch.Ioctl(Form, "CIOCGSESSINFO").Code())
            {
                argument.AsSpan(68, 64).Clear();
                System.Text.Encoding.ASCII.GetBytes(driver).CopyTo(argument, 68);
            }
        };
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key[..16]);
        watch.Channel.Calls.Clear();
        session.Process(CryptOp.Encrypt(_message, new byte[Long], s_iv)).Should().Be(Long);
        watch.Channel.Calls.Should().HaveCount(calls);
    }

    [Theory]
    [InlineData(DriverKind.Hardware, 0u, false, true)]
    [InlineData(DriverKind.Generic, null, true, true)]
    [InlineData(DriverKind.Generic, null, false, false)]
    [InlineData(DriverKind.Generic, 0x80u, true, false)]
    [InlineData(DriverKind.Accelerated, null, true, false)]
    public void What_may_be_hardware(DriverKind kind, uint? flags, bool isAsync, bool may)
    {
        KernelCryptoEntry entry = new("cbc(aes)", "built-in-aes", "skcipher")
        {
            Kind = kind,
            Flags = flags,
            IsAsync = isAsync,
        };
        entry.MayBeHardware.Should().Be(may);
        HardwareRequest.LimitFor(may).Should().Be(may ? 65536 : int.MaxValue);
    }

    /// <summary>AF_ALG has the same rule: where the kernel chooses and nobody tells whom, it may choose a card.</summary>
    [Fact]
    public void On_AF_ALG_too()
    {
        new AfAlgTarget("skcipher", Card, Card, DriverKind.Hardware, Address).MayBeHardware.Should().BeTrue();
        new AfAlgTarget("skcipher", "cbc(aes)", null, DriverKind.Generic, null).MayBeHardware.Should().BeTrue();
        new AfAlgTarget("skcipher", "cbc-aes-aesni", "cbc-aes-aesni", DriverKind.Accelerated, null).MayBeHardware.Should().BeFalse();
    }

    private static IReadOnlyList<CryptoUserRecord>? Nothing(out Errno error)
    {
        error = new Errno(LibC.EPROTONOSUPPORT);
        return null;
    }

    private KernelDrivers Kernel() => new(_kernel.Read, new PciDeviceLocator(_kernel.SysRoot));

    private DeviceUnderWatch Watch(string driver) =>
        new(Form, wrap: channel => _channel = new StrictChannel(Form, channel) { Card = driver }, kernel: Kernel());

    private byte[] Software(DeviceUnderWatch watch, SessionParameters parameters, int length)
    {
        using Session session = watch.Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
        byte[] result = new byte[length];
        session.Process(CryptOp.Encrypt(_message, result, s_iv));
        return result;
    }
}
