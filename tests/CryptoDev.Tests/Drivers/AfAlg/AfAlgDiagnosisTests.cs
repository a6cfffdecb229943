using CryptoDev.Drivers.AfAlg;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.AfAlg;

/// <summary>Reasons on machines that are folders: each cause is written down as a machine would show it, and must be found there.</summary>
public sealed class AfAlgDiagnosisTests : IDisposable
{
    private readonly FakeKernel _kernel = new();
    private readonly KernelModules _modules;
    private readonly AfAlgDiagnosis _diagnosis;

    public AfAlgDiagnosisTests()
    {
        _modules = new KernelModules(_kernel.Root);
        _diagnosis = new AfAlgDiagnosis(_modules);
        Write("proc/sys/kernel/osrelease", "6.1.0-test\n");
        Write(
            "lib/modules/6.1.0-test/modules.dep",
            "kernel/crypto/af_alg.ko:\nkernel/crypto/algif_aead.ko.xz: kernel/crypto/af_alg.ko\nkernel/crypto/algif-hash.ko:\n"
        );
        Write("lib/modules/6.1.0-test/modules.builtin", "kernel/crypto/algif_rng.ko\n");
        Write("proc/modules", "algif_skcipher 16384 0 - Live 0x0\naf_alg_other 1 0\n");
    }

    public void Dispose() => _kernel.Dispose();

    [Theory]
    [InlineData("algif_skcipher", (int)KernelModuleState.Present)] // loaded
    [InlineData("algif_rng", (int)KernelModuleState.Present)] // built in
    [InlineData("aesni_intel", (int)KernelModuleState.Present)] // in /sys/module
    [InlineData("af_alg", (int)KernelModuleState.NotLoaded)]
    [InlineData("algif_hash", (int)KernelModuleState.NotLoaded)] // a hyphen in the file's name
    [InlineData("algif_none", (int)KernelModuleState.Missing)]
    public void The_state_of_a_module_is_read_from_the_kernels_own_lists(string module, int state)
    {
        _modules.Find(module, out _).Should().Be((KernelModuleState)state);
    }

    [Fact]
    public void Without_any_list_the_state_is_unknown()
    {
        new KernelModules(Path.Combine(_kernel.Root, "nowhere")).Find("af_alg", out _).Should().Be(KernelModuleState.Unknown);
    }

    [Theory]
    [InlineData("blacklist algif_aead", true)]
    [InlineData("  blacklist   algif-aead  # CVE", true)]
    [InlineData("install algif_aead /bin/false", true)]
    [InlineData("install algif_aead /usr/bin/true", true)]
    [InlineData("install algif_aead /sbin/modprobe --ignore-install algif_aead", false)]
    [InlineData("# blacklist algif_aead", false)]
    [InlineData("blacklist algif_aead_other", false)]
    public void A_blacklist_is_found_in_its_file(string line, bool forbidden)
    {
        Write("etc/modprobe.d/harden.conf", line + "\n");

        _modules.Find("algif_aead", out string place).Should().Be(forbidden ? KernelModuleState.Blacklisted : KernelModuleState.NotLoaded);
        place.Should().Be(forbidden ? "/etc/modprobe.d/harden.conf" : "");
        Explain(AfAlgStep.Bind, LibC.ENOENT, "aead", "gcm(aes)")
            .Reason.Should()
            .Contain(forbidden ? "forbidden by /etc/modprobe.d/harden.conf" : "not loaded");
    }

    [Fact]
    public void The_kernel_command_line_can_forbid_a_module()
    {
        Write("proc/cmdline", "quiet module_blacklist=foo,af_alg ro\n");

        (string reason, string? cure) = Explain(AfAlgStep.Socket, LibC.EAFNOSUPPORT, "hash", "sha256");
        reason.Should().Contain("af_alg").And.Contain("module_blacklist");
        cure.Should().Contain("modprobe af_alg");
    }

    [Fact]
    public void A_family_that_is_missing_has_a_reason_for_each_cause()
    {
        Explain(AfAlgStep.Socket, LibC.EAFNOSUPPORT, "hash", "sha256").Reason.Should().Contain("installed but not loaded");
        Write("lib/modules/6.1.0-test/modules.dep", "");
        Explain(AfAlgStep.Socket, LibC.EAFNOSUPPORT, "hash", "sha256").Reason.Should().Contain("no module af_alg");
        File.Delete(Path.Combine(_kernel.Root, "lib/modules/6.1.0-test/modules.dep"));
        Explain(AfAlgStep.Socket, LibC.EAFNOSUPPORT, "hash", "sha256").Cure.Should().Contain("on the host");
        Write("proc/sys/crypto/af_alg_restrict", "2\n");
        Explain(AfAlgStep.Socket, LibC.EAFNOSUPPORT, "hash", "sha256")
            .Reason.Should()
            .Contain("switched off by /proc/sys/crypto/af_alg_restrict");
        Explain(AfAlgStep.Socket, LibC.EPERM, "hash", "sha256").Reason.Should().Contain("forbidden to this process");
        Write("proc/self/status", "Name:\tx\nSeccomp:\t2\n");
        Explain(AfAlgStep.Socket, LibC.EPERM, "hash", "sha256").Reason.Should().Contain("seccomp");
    }

    [Fact]
    public void An_algorithm_that_is_missing_has_a_reason_for_each_cause()
    {
        Explain(AfAlgStep.Bind, LibC.ENOENT, "skcipher", "cbc(foo)").Reason.Should().Be("this kernel has no cbc(foo)");
        Explain(AfAlgStep.Bind, LibC.ENOENT, "skcipher", "virtio_crypto_aes_cbc").Reason.Should().Contain("Linux 7.2");
        Explain(AfAlgStep.Bind, LibC.ENOENT, "skcipher", "__cbc-aes-aesni").Reason.Should().Contain("building block");
        Explain(AfAlgStep.Bind, LibC.ELIBBAD, "skcipher", "cbc(aes)").Reason.Should().Contain("self-test");
        Write("proc/sys/crypto/fips_enabled", "1\n");
        Explain(AfAlgStep.Bind, LibC.ENOENT, "skcipher", "cbc(foo)").Reason.Should().Contain("FIPS");
        Write("proc/sys/crypto/af_alg_restrict", "1\n");
        Explain(AfAlgStep.Bind, LibC.ENOENT, "skcipher", "cbc(foo)").Reason.Should().Contain("af_alg_restrict");
    }

    [Fact]
    public void A_card_that_the_kernel_keeps_from_AF_ALG_is_told()
    {
        List<string> asked = [];
        IReadOnlyList<string> notes = _diagnosis.Notes(
            _kernel.Read(),
            entry =>
            {
                asked.Add(entry.DriverName);
                return entry.DriverName == "virtio_crypto_aes_cbc";
            }
        );
        notes
            .Should()
            .ContainSingle(note => note.Contains("virtio_crypto_aes_cbc (cbc(aes)) is hardware that AF_ALG does not reach"))
            .Which.Should()
            .Contain("/dev/crypto");
        asked.Should().Contain("virtio_crypto_aes_cbc").And.NotContain("cbc-aes-aesni", "only hardware is withheld");
        _diagnosis.Notes(_kernel.Read(), _ => false).Should().NotContain(note => note.Contains("does not reach"));
    }

    [Fact]
    public void A_self_test_that_did_not_pass_is_named()
    {
        Directory.CreateDirectory(Path.Combine(_kernel.SysRoot, "module/algif_aead"));

        Explain(AfAlgStep.Bind, LibC.ENOENT, "aead", "gcm(aes)")
            .Reason.Should()
            .Be("the self-test of gcm-aes-qat did not pass in this kernel");
        _diagnosis
            .Notes(_kernel.Read(), _ => false)
            .Should()
            .Contain(note => note.Contains("gcm-aes-qat"))
            .And.NotContain(note => note.Contains("__cbc"));
    }

    [Theory]
    [InlineData((int)AfAlgStep.Key, LibC.EINVAL, "key of this length")]
    [InlineData((int)AfAlgStep.KeySerial, LibC.ENOPROTOOPT, "Linux 6.2")]
    [InlineData((int)AfAlgStep.KeySerial, LibC.ENOKEY, "no key of that serial number")]
    [InlineData((int)AfAlgStep.TagLength, LibC.EINVAL, "tags of this length")]
    [InlineData((int)AfAlgStep.Accept, LibC.EMFILE, "too many open descriptors")]
    [InlineData((int)AfAlgStep.Accept, LibC.ENOTCONN, "ENOTCONN")]
    public void Each_step_has_its_words(int step, int error, string words)
    {
        Explain((AfAlgStep)step, error, "skcipher", "cbc(aes)").Reason.Should().Contain(words);
    }

    private (string Reason, string? Cure) Explain(AfAlgStep step, int error, string type, string name) =>
        _diagnosis.Explain(
            new AfAlgFailure(step, new Errno(error)),
            new AfAlgTarget(type, name, null, DriverKind.Generic, null),
            _kernel.Read()
        );

    private void Write(string path, string text)
    {
        string full = Path.Combine(_kernel.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
