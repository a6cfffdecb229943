using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Drivers.Kernel;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Tests.Drivers.AfAlg;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.Keyring;

/// <summary>How to ask for RSA so that a card does it, over the lists that lab kernels gave.</summary>
public sealed class KeyringHardwareTests : IDisposable
{
    private readonly FakeKernel _kernel = new();

    [Fact]
    public void Linux_6_the_card_has_pkcs1_with_sha1_only()
    {
        KeyringHardware hardware = Hardware(
            Entry("pkcs1pad(rsa,sha1)", "virtio-pkcs1-rsa-with-sha1", "virtio_crypto", 150),
            Entry("rsa", "rsa-generic", "kernel", 100)
        );
        (string way, SessionDriver driver) = hardware.Encryption(KernelRsaPadding.Pkcs1);
        way.Should().Be("enc=pkcs1 hash=sha1");
        driver
            .Should()
            .BeEquivalentTo(
                new SessionDriver
                {
                    Name = "keyring",
                    Kind = DriverKind.Hardware,
                    KernelDriver = "virtio-pkcs1-rsa-with-sha1",
                    PciAddress = "0000:00:05.0",
                }
            );
        (way, driver) = hardware.Encryption(KernelRsaPadding.None);
        way.Should().Be("enc=raw");
        driver.Kind.Should().Be(DriverKind.Generic, "the card's own entry did not pass its test");
        driver.KernelDriver.Should().Be("rsa-generic");
        hardware.Signature(Hash(HashAlgorithmName.SHA1)).Driver.Kind.Should().Be(DriverKind.Hardware);
        (way, driver) = hardware.Signature(Hash(HashAlgorithmName.SHA256));
        way.Should().Be("enc=pkcs1 hash=sha256");
        driver.Kind.Should().Be(DriverKind.Generic);
    }

    [Fact]
    public void Linux_7_the_card_has_pkcs1_without_a_hash()
    {
        KeyringHardware hardware = Hardware(Entry("pkcs1pad(rsa)", "virtio-pkcs1-rsa", "virtio_crypto", 150));
        hardware.Encryption(KernelRsaPadding.Pkcs1).Way.Should().Be("enc=pkcs1");
        hardware.Encryption(KernelRsaPadding.Pkcs1).Driver.Kind.Should().Be(DriverKind.Hardware);
        hardware.Signature(Hash(HashAlgorithmName.SHA1)).Driver.Kind.Should().Be(DriverKind.Generic);
    }

    [Fact]
    public void The_kernel_takes_the_highest_priority_and_so_do_we()
    {
        KeyringHardware hardware = Hardware(
            Entry("rsa", "rsa-generic", "kernel", 100),
            Entry("rsa", "rsa-qat", "qat", 1000),
            Entry("dh", "dh-qat", "qat", 50, "kpp"),
            Entry("dh", "dh-generic", "kernel", 100, "kpp")
        );
        hardware.Rsa.KernelDriver.Should().Be("rsa-qat");
        hardware.Rsa.PciAddress.Should().Be("0000:00:06.0");
        hardware.Power.KernelDriver.Should().Be("dh-generic");
        hardware.Power.PciAddress.Should().BeNull();
    }

    [Fact]
    public void Without_a_list_it_is_the_kernels_own_code()
    {
        KeyringHardware hardware = Hardware();
        hardware
            .Encryption(KernelRsaPadding.Pkcs1)
            .Should()
            .Be(("enc=pkcs1", new SessionDriver { Name = "keyring", Kind = DriverKind.Generic }));
    }

    [Fact]
    public void The_keyring_is_chosen_by_itself_only_where_a_device_computes()
    {
        KeyringHardware hardware = Hardware(Entry("rsa", "rsa-qat", "qat", 1000), Entry("dh", "dh-generic", "kernel", 100, "kpp"));
        DriverVerdict card = KeyringDriver.Verdict(hardware.Rsa, null, null);
        (card.Accepted, card.Kind, card.KernelDriver, card.OnlyWhenPinned).Should().Be((true, DriverKind.Hardware, "rsa-qat", null));
        DriverVerdict code = KeyringDriver.Verdict(hardware.Power, null, null);
        code.Accepted.Should().BeTrue();
        code.OnlyWhenPinned.Should().Contain("slower than libcrypto's");
        KeyringDriver.Verdict(hardware.Rsa, new KeyringAbsence("no keys", "get some", 0), null).Cure.Should().Be("get some");
        KeyringDriver.Verdict(hardware.Rsa, null, "too long").Reason.Should().Be("too long");
    }

    public void Dispose() => _kernel.Dispose();

    private static KernelHash Hash(HashAlgorithmName name) => KernelHash.Find(name, nameof(name));

    private static string Entry(string name, string driver, string module, int priority, string type = "akcipher") =>
        $"\n\nname         : {name}\ndriver       : {driver}\nmodule       : {module}\npriority     : "
        + $"{priority}\nselftest     : passed\ninternal     : no\ntype         : {type}\n";

    private KeyringHardware Hardware(params string[] entries)
    {
        File.AppendAllText(Path.Combine(_kernel.ProcRoot, "crypto"), string.Concat(entries));
        return new KeyringHardware(_kernel.Read(), new PciDeviceLocator(_kernel.SysRoot));
    }
}
