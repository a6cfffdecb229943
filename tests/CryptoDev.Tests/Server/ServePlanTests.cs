using CryptoDev.Cli;
using CryptoDev.Cli.Serve;
using CryptoDev.Ioctl;
using CryptoDev.Server.Cuse;
using CryptoDev.Tests.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

public sealed class ServePlanTests
{
    [Theory]
    [InlineData("linux", "linux", null)]
    [InlineData("cryptodev-linux", "linux", null)]
    [InlineData("NetBSD", "netbsd", null)]
    [InlineData("netbsd-7", "netbsd", "netbsd 7")]
    [InlineData("freebsd 12", "freebsd", "freebsd 12")]
    [InlineData("FreeBSD-14", "freebsd", "freebsd 14")]
    [InlineData("openbsd 2002", "openbsd", "openbsd 2002")]
    public void A_dialect_is_a_name_or_a_release(string text, string dialect, string? form)
    {
        (DialectInfo Dialect, string? Form) parsed = ServePlan.ParseDialect(text);
        parsed.Dialect.Name.Should().Be(dialect);
        parsed.Form.Should().Be(form);
    }

    [Theory]
    [InlineData("600", 384)]
    [InlineData("0666", 438)]
    [InlineData("0", 0)]
    public void A_mode_is_octal(string text, int mode) => ServePlan.ParseMode(text).Should().Be(mode);

    [Theory]
    [InlineData("")]
    [InlineData("680")]
    [InlineData("1777")]
    [InlineData("rw")]
    [InlineData("-1")]
    public void Another_mode_is_refused(string text) =>
        FluentActions.Invoking(() => ServePlan.ParseMode(text)).Should().Throw<CliException>().WithMessage($"*'{text}'*");

    [Theory]
    [InlineData("netbsd", null, true)]
    [InlineData("netbsd", 0, false)]
    [InlineData("netbsd", -1, false)]
    [InlineData("freebsd", null, true)]
    [InlineData("freebsd", 1, false)]
    [InlineData("openbsd", 0, true)]
    [InlineData("linux", null, false)]
    public void Who_forbids_software_on_a_machine_without_hardware_is_told(string dialect, int? allowSoft, bool warned)
    {
        ServePlan plan = new()
        {
            Emulator = new DevCryptoEmulatorOptions
            {
                Dialect = DialectInfo.Parse(dialect),
                AllowSoft = allowSoft,
                UserCrypto = dialect == "openbsd" ? 1 : null,
            },
        };
        (plan.Warning(hasHardware: false) is not null).Should().Be(warned);
        plan.Warning(hasHardware: true).Should().BeNull();
    }

    [Fact]
    public void The_warning_says_what_allows_it()
    {
        new ServePlan { Emulator = new DevCryptoEmulatorOptions { Dialect = DialectInfo.NetBsd } }
            .Warning(false)
            .Should()
            .Contain("is 1)")
            .And.Contain("--allowsoft 0")
            .And.NotContain("\n");
        new ServePlan { Emulator = new DevCryptoEmulatorOptions { Dialect = DialectInfo.FreeBsd } }
            .Warning(false)
            .Should()
            .Contain("is 0)")
            .And.Contain("--allowsoft 1");
    }

    [Theory]
    [InlineData("openbsd", null, true)]
    [InlineData("openbsd", "openbsd 2014", true)]
    [InlineData("openbsd", "openbsd 2002", false)]
    [InlineData("netbsd", null, false)]
    public void Who_lets_no_user_in_is_told_before_all_else(string dialect, string? form, bool shut)
    {
        DevCryptoEmulatorOptions options = new()
        {
            Dialect = DialectInfo.Parse(dialect),
            Form = form,
            AllowSoft = dialect == "netbsd" ? 0 : 1,
        };
        (
            new ServePlan { Emulator = options }
                .Warning(hasHardware: true)
                ?.Contains("--usercrypto 1", StringComparison.Ordinal)
            ?? false
        ).Should().Be(shut);
        new ServePlan { Emulator = options with { UserCrypto = 1 } }
            .Warning(hasHardware: true)
            .Should()
            .BeNull();
        new ServePlan { Emulator = options with { UserCrypto = 0 } }
            .Warning(hasHardware: true)
            .Should()
            .Contain("ENXIO");
    }

    [Theory]
    [InlineData("a policy and drivers", "--policy", "ladder", "--driver", "software")]
    [InlineData("an unknown policy", "--policy", "best")]
    [InlineData("an unknown dialect", "--dialect", "plan9")]
    [InlineData("an unknown release", "--dialect", "freebsd 3")]
    [InlineData("a mode", "--mode", "888")]
    [InlineData("a transfer", "--transfer", "dma")]
    [InlineData("a device with a slash", "--device", "a/b")]
    [InlineData("a device of two words", "--device", "a b")]
    [InlineData("a switch that is no number", "--allowsoft", "yes")]
    [InlineData("a key stream", "--dialect", "netbsd", "--arc4", "on")]
    [InlineData("a key operation", "--key-operations", "mod-exp,rsa")]
    [InlineData("a list of no key operation", "--key-operations", "")]
    public void What_does_not_fit_ends_with_2_and_one_sentence(string what, params string[] options)
    {
        CommandRun run = CommandRun.Of(["serve", .. options]);
        run.ExitCode.Should().Be(ExitCode.Usage, what);
        run.Error.Should().StartWith("cryptodev: ").And.EndWith("\n");
        run.Error.Trim().Should().NotContain("\n");
        run.Text.Should().BeEmpty();
    }

    /// <summary>The library's words for it are no words of the command.</summary>
    [Theory]
    [InlineData("--allowsoft is not for cryptodev-linux: it has no such switch of the kernel.", "--dialect", "linux", "--allowsoft", "1")]
    [InlineData("--usercrypto is not for cryptodev-linux: it has no such switch of the kernel.", "--usercrypto", "1")]
    [InlineData("--userasymcrypto is not for cryptodev-linux: it has no such switch of the kernel.", "--userasymcrypto", "0")]
    [InlineData("--arc4 is not for cryptodev-linux: it has no ARC4.", "--arc4", "continue")]
    [InlineData("--arc4 is not for freebsd 14: it has no ARC4.", "--dialect", "freebsd", "--arc4", "restart")]
    [InlineData(
        "--key-operations is not for freebsd 14: it has no calls for key operations.",
        "--dialect",
        "freebsd",
        "--key-operations",
        "all"
    )]
    public void An_option_that_the_dialect_does_not_have_is_refused_in_the_words_of_the_command(string sentence, params string[] options)
    {
        CommandRun run = CommandRun.Of(["serve", "--socket", "/nonexistent/socket", .. options]);
        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Be($"cryptodev: {sentence}\n");
    }

    [Theory]
    [InlineData("none", KeyFeatureMask.None)]
    [InlineData("all", (KeyFeatureMask)0x7FF)]
    [InlineData("dh", KeyFeatureMask.DhComputeKey)]
    [InlineData(
        "mod-exp,mod-exp-crt,dsa-sign,dsa-verify,dh",
        KeyFeatureMask.ModExp | KeyFeatureMask.ModExpCrt | KeyFeatureMask.DsaSign | KeyFeatureMask.DsaVerify | KeyFeatureMask.DhComputeKey
    )]
    [InlineData("mod, mod-addinv", KeyFeatureMask.Mod | KeyFeatureMask.ModAddInv)]
    public void Key_operations_are_a_list_of_names(string text, KeyFeatureMask expected) =>
        KeyOperationList.Parse(text).Should().Be(expected);

    /// <summary>Each subcommand of <c>key</c> is an operation that can be shown, by the same name.</summary>
    [Fact]
    public void The_names_of_key_are_names_of_key_operations() =>
        KeyOperationList
            .Parse(string.Join(',', CryptoDev.Cli.Commands.KeyCommandTable.All.Select(row => row.Name)))
            .Should()
            .Be(KeyOperationList.Parse("all"));

    [Theory]
    [InlineData(null, Arc4KeyStream.Refused)]
    [InlineData("restart", Arc4KeyStream.Restart)]
    [InlineData("continue", Arc4KeyStream.Continue)]
    public void The_key_stream_of_ARC4_has_two_words(string? text, Arc4KeyStream expected) =>
        ServePlan.ParseArc4(text).Should().Be(expected);

    [Theory]
    [InlineData(null, null, "Ladder")]
    [InlineData(null, "ladder", "Ladder")]
    [InlineData(null, "hardware-preferred", "HardwarePreferred")]
    [InlineData(null, "hardware-only", "HardwareOnly")]
    [InlineData(null, "software-only", "SoftwareOnly")]
    [InlineData("software", null, "Pinned(software)")]
    public void The_policy_is_the_one_that_was_named(string? driver, string? policy, string expected) =>
        ServePlan.ParsePolicy(driver is null ? null : [driver], policy).ToString().Should().Be(expected);

    [Fact]
    public void The_transfer_has_two_words()
    {
        ServePlan.ParseTransfer("auto").Should().Be(CuseTransfer.Auto);
        ServePlan.ParseTransfer("retry").Should().Be(CuseTransfer.Retry);
    }

    [Fact]
    public void Without_cuse_it_ends_with_3_and_says_what_to_do()
    {
        if (File.Exists("/dev/cuse"))
        {
            // Then the lab's tests see the refusals; here is only that this one is not given.
            CommandRun.Of("serve", "--device", "a/b").ExitCode.Should().Be(ExitCode.Usage);
            return;
        }

        CommandRun run = CommandRun.Of("serve", "--device", "cryptodev-test");
        run.ExitCode.Should().Be(ExitCode.NotAvailable);
        run.Error.Should().Contain("modprobe cuse");
    }
}
