using System.CommandLine;
using CryptoDev.Cli;
using CryptoDev.Cli.Serve;
using CryptoDev.Ioctl;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;
using CryptoDev.Tests.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Each option of serve that limits something reaches what it limits.</summary>
public sealed class LimitOptionsTests
{
    private static readonly ServePlan s_plan = new()
    {
        Emulator = new DevCryptoEmulatorOptions(),
        Device = new CuseFrontEndOptions(),
        Socket = new SocketFrontEndOptions(),
    };

    private static readonly (string Name, string Value, Func<ServePlan, object> What, object Expected)[] s_options =
    [
        ("--files", "7", plan => plan.Emulator.Limits.OpenFiles, 7),
        ("--sessions", "7", plan => plan.Emulator.Limits.Sessions, 7),
        ("--sessions-per-file", "7", plan => plan.Emulator.Limits.SessionsPerFile, 7),
        ("--requests", "7", plan => plan.Emulator.Limits.Requests, 7),
        ("--requests-per-file", "7", plan => plan.Emulator.Limits.RequestsPerFile, 7),
        ("--memory", "7M", plan => plan.Emulator.Limits.Bytes, 7L << 20),
        ("--memory-per-file", "7K", plan => plan.Emulator.Limits.BytesPerFile, 7L << 10),
        ("--user-share", "7", plan => plan.Emulator.Limits.UserShare, 7),
        ("--keys-at-once", "7", plan => plan.Emulator.Limits.KeysAtOnce, 7),
        ("--threads", "7", plan => plan.Device!.MaxThreads, 7),
        ("--files-per-user", "7", plan => plan.Socket!.FilesPerUser, 7),
        ("--channels", "7", plan => plan.Socket!.Channels, 7),
        ("--channels-per-user", "7", plan => plan.Socket!.ChannelsPerUser, 7),
        ("--channels-per-file", "7", plan => plan.Socket!.ChannelsPerFile, 7),
        ("--shared-memory", "7G", plan => plan.Socket!.SharedBytes, 7L << 30),
        ("--shared-memory-per-user", "7M", plan => plan.Socket!.SharedBytesPerUser, 7L << 20),
        ("--stop-time", "7", plan => plan.StopTime, TimeSpan.FromSeconds(7)),
    ];

    [Fact]
    public void An_option_changes_what_it_names_and_nothing_else()
    {
        foreach ((string name, string value, Func<ServePlan, object> what, object expected) in s_options)
        {
            ServePlan plan = Parse(name, value);
            what(plan).Should().Be(expected, name);
            what(s_plan).Should().NotBe(expected, name);
            foreach ((string other, _, Func<ServePlan, object> its, _) in s_options.Where(row => row.Name != name))
            {
                its(plan).Should().Be(its(s_plan), "{0} is not {1}", other, name);
            }
        }
    }

    [Fact]
    public void There_is_a_test_for_each_option()
    {
        new LimitOptions().All.Select(option => option.Name).Should().Equal(s_options.Select(row => row.Name));
        Parse().Should().Be(s_plan);
    }

    [Theory]
    [InlineData("--sessions", "0")]
    [InlineData("--sessions", "-1")]
    [InlineData("--sessions", "many")]
    [InlineData("--user-share", "101")]
    [InlineData("--memory", "0")]
    [InlineData("--memory", "5X")]
    [InlineData("--stop-time", "0")]
    public void What_is_no_limit_is_refused_in_one_sentence(string name, string value)
    {
        CommandRun run = CommandRun.Of("serve", "--socket", "/nonexistent/socket", name, value);
        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Trim().Should().StartWith("cryptodev: ").And.NotContain("\n");
    }

    private static ServePlan Parse(params string[] arguments)
    {
        LimitOptions limits = new();
        Command command = new("serve");
        foreach (Option option in limits.All)
        {
            command.Add(option);
        }

        return limits.Apply(s_plan, command.Parse(arguments));
    }
}
