using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.AfAlg;

public sealed class KernelCryptoCatalogueTests : IDisposable
{
    private readonly FakeKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void Reads_every_record_with_its_sizes()
    {
        KernelCryptoCatalogue catalogue = _kernel.Read();

        catalogue.Entries.Should().HaveCount(8);
        catalogue
            .FindDriver("virtio_crypto_aes_cbc")
            .Should()
            .BeEquivalentTo(
                new KernelCryptoEntry("cbc(aes)", "virtio_crypto_aes_cbc", "skcipher")
                {
                    Module = "virtio_crypto",
                    Priority = 150,
                    SelfTestPassed = true,
                    BlockSize = 16,
                    MinKeySize = 16,
                    MaxKeySize = 32,
                    IvSize = 16,
                    IsAsync = true,
                    Kind = DriverKind.Hardware,
                }
            );
        catalogue.FindDriver("sha256-generic")!.Module.Should().BeEmpty("\"kernel\" means built in, not a module");
        catalogue.FindDriver("sha256-generic")!.DigestSize.Should().Be(32);
        catalogue.FindDriver("gcm-aes-qat")!.MaxAuthSize.Should().Be(16);
    }

    [Fact]
    public void A_card_stands_before_the_CPU_whatever_the_priorities()
    {
        _kernel
            .Read()
            .FindDrivers("skcipher", "cbc(aes)")
            .Select(entry => entry.DriverName)
            .Should()
            .Equal("virtio_crypto_aes_cbc", "cbc-aes-aesni", "cbc(aes-generic)");
    }

    [Fact]
    public void An_entry_that_is_internal_or_did_not_pass_its_self_test_is_never_offered()
    {
        KernelCryptoCatalogue catalogue = _kernel.Read();

        catalogue.FindDrivers("skcipher", "__cbc(aes)").Should().BeEmpty();
        catalogue.FindDrivers("aead", "gcm(aes)").Should().BeEmpty("its self-test reads \"unknown\"");
        catalogue.FindDriver("gcm-aes-qat")!.IsUsable.Should().BeFalse();
        catalogue.FindDriver("virtio-crypto-rsa")!.IsUsable.Should().BeFalse();
    }

    [Theory]
    [InlineData("virtio_crypto_aes_cbc", (int)DriverKind.Hardware)]
    [InlineData("gcm-aes-qat", (int)DriverKind.Hardware)]
    [InlineData("cbc-aes-aesni", (int)DriverKind.Accelerated)]
    [InlineData("__cbc-aes-aesni", (int)DriverKind.Accelerated)]
    [InlineData("cbc(aes-generic)", (int)DriverKind.Generic)]
    [InlineData("sha256-generic", (int)DriverKind.Generic)]
    [InlineData("drbg_nopr_hmac_sha256", (int)DriverKind.Generic)]
    public void Kind_comes_from_the_module_and_the_name(string driver, int kind)
    {
        _kernel.Read().FindDriver(driver)!.Kind.Should().Be((DriverKind)kind);
    }

    [Theory]
    [InlineData("cbc-aes-caam", 0x1400u | 5, (int)DriverKind.Hardware)] // KERN_DRIVER_ONLY
    [InlineData("cbc-aes-hisi", 0x10485u, (int)DriverKind.Hardware)] // ASYNC and ALLOCATES_MEMORY
    [InlineData("cbc-aes-aesni", 0x485u, (int)DriverKind.Accelerated)] // ASYNC alone proves nothing
    [InlineData("cbc-aes-s390", 0x1405u, (int)DriverKind.Accelerated)] // instructions with KERN_DRIVER_ONLY
    [InlineData("cryptd(__cbc-aes-aesni)", 0x10c85u, (int)DriverKind.Accelerated)] // a queue to kernel threads
    [InlineData("pcrypt(rfc4106(gcm_base(ctr(aes-generic),ghash-generic)))", 0x10c83u, (int)DriverKind.Generic)]
    [InlineData("authenc(hmac(sha256-generic),virtio_crypto_aes_cbc)", 0x10c83u, (int)DriverKind.Hardware)]
    public void Kind_of_an_entry_without_devices_in_its_module_comes_from_flags_and_parts(string driver, uint flags, int kind)
    {
        string name = $"test({driver})"[..Math.Min(driver.Length + 6, 60)];
        _kernel.Records = [new CryptoUserRecord(name, driver, "kernel", flags) { Type = "skcipher", Priority = 1 }];

        _kernel.Read().Entries.Single(entry => entry.Name == name).Kind.Should().Be((DriverKind)kind);
    }

    [Fact]
    public void Netlink_adds_flags_to_what_proc_knows_and_whole_entries_that_it_lacks()
    {
        _kernel.Records =
        [
            new CryptoUserRecord("cbc(aes)", "virtio_crypto_aes_cbc", "virtio_crypto", 0x10485) { Type = "skcipher", Priority = 150 },
            new CryptoUserRecord("sha1", "sha1-ce", "sha1_ce", 0x40e)
            {
                Type = "shash",
                Priority = 200,
                BlockSize = 64,
                DigestSize = 20,
            },
            new CryptoUserRecord("md5", "md5-untested", "md5", 0xe) { Type = "shash" },
            new CryptoUserRecord(new string('n', 63), "cut", "x", 0x40e) { Type = "shash" },
        ];

        KernelCryptoCatalogue catalogue = _kernel.Read();

        catalogue.Entries.Should().HaveCount(10);
        catalogue.FindDriver("virtio_crypto_aes_cbc")!.Flags.Should().Be(0x10485);
        catalogue.FindDriver("virtio_crypto_aes_cbc")!.BlockSize.Should().Be(16);
        catalogue.FindDriver("sha1-ce")!.IsUsable.Should().BeTrue();
        catalogue.FindDriver("sha1-ce")!.DigestSize.Should().Be(20);
        catalogue.FindDriver("md5-untested")!.IsUsable.Should().BeFalse("the flag TESTED is missing");
        catalogue.FindDriver("cut").Should().BeNull("netlink cuts names at 63 letters");
    }

    [Fact]
    public void A_kernel_without_any_source_gives_an_empty_list_and_the_reasons()
    {
        KernelCryptoCatalogue catalogue = KernelCryptoCatalogue.Read(
            Path.Combine(_kernel.Root, "nowhere"),
            Path.Combine(_kernel.Root, "nowhere"),
            NoNetlink
        );

        catalogue.Entries.Should().BeEmpty();
        catalogue.Problems.Should().HaveCount(2);
        catalogue.Problems[0].Should().Contain("nowhere/crypto could not be read");
        catalogue.Problems[1].Should().Contain("EPROTONOSUPPORT");

        static IReadOnlyList<CryptoUserRecord>? NoNetlink(out Errno error)
        {
            error = new Errno(LibC.EPROTONOSUPPORT);
            return null;
        }
    }

    [Fact]
    public void Lines_that_make_no_sense_cost_only_their_own_record()
    {
        (IReadOnlyList<KernelCryptoEntry> entries, IReadOnlyList<string> problems) = ProcCryptoParser.Parse(
            "name : a\ndriver : a-x\ntype : shash\npriority : many\nblocksize : -5\n\n"
                + "nonsense without a separator\n\n"
                + "name : b\ntype : shash\n\n\n\n"
                + "name:c\ndriver:c(x:y)\ntype: rng\nmodule : kernel\r\n"
        );

        entries.Select(entry => entry.DriverName).Should().Equal("a-x", "c(x:y)");
        entries[0].Priority.Should().Be(0);
        entries[0].BlockSize.Should().Be(0);
        entries[0].IsUsable.Should().BeFalse("no self-test result was given");
        problems.Should().HaveCount(2);
        problems[0].Should().Contain("Line 7");
        problems[1].Should().Contain("line 11");
    }

    [Fact]
    public void Any_cut_of_the_text_parses_without_an_exception()
    {
        for (int length = 0; length < FakeKernel.ProcCrypto.Length; length++)
        {
            ProcCryptoParser.Parse(FakeKernel.ProcCrypto[..length]).Entries.Count.Should().BeLessThanOrEqualTo(8);
        }
    }

    [Fact]
    public void A_card_is_found_on_its_bus()
    {
        PciDeviceLocator locator = new(_kernel.SysRoot);

        locator.Find("virtio_crypto").Should().Equal(new PciDevice("0000:00:05.0", "1af4:1054", "0x00ff00"));
        locator.Find("virtio-crypto").Should().HaveCount(1, "sysfs writes an underscore");
        locator.Find("qat").Should().Equal(new PciDevice("0000:00:06.0", "8086:37c8", "0x0b4000"));
        locator.Find("aesni_intel").Should().BeEmpty();
        locator.Find("no_such_module").Should().BeEmpty();
        locator.Find("").Should().BeEmpty();
    }

    [Fact]
    public void A_device_that_is_unplugged_meanwhile_is_no_error()
    {
        Directory.Delete(Path.Combine(_kernel.SysRoot, "devices"), recursive: true);

        new PciDeviceLocator(_kernel.SysRoot).Find("virtio_crypto").Should().BeEmpty();
    }

    [Fact]
    public void This_machine_is_read_without_an_exception()
    {
        KernelCryptoCatalogue catalogue = KernelCryptoCatalogue.Read();

        (catalogue.Entries.Count + catalogue.Problems.Count).Should().BePositive("either there are entries or there is a reason");
        foreach (KernelCryptoEntry entry in catalogue.Entries)
        {
            new PciDeviceLocator().Find(entry.Module).Should().NotBeNull();
        }
    }
}
