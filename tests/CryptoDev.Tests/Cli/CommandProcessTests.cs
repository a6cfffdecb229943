using System.Diagnostics;
using CryptoDev.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>The command as a program of its own.</summary>
public sealed class CommandProcessTests : FolderTests
{
    [Theory]
    [InlineData("INT", ExitCode.Interrupted)]
    [InlineData("TERM", ExitCode.Terminated)]
    [InlineData("HUP", ExitCode.HungUp)]
    public void A_signal_leaves_no_output_and_its_exit_code(string signal, int exitCode)
    {
        // A test run started in the background of a shell ignores SIGINT, and so would its children.
        ProcessStartInfo start = new("env", [$"--default-signal={signal}", CommandFile.Path, "enc", "-a", "null", "--out", PathOf("out")])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(new byte[3 << 20]);
        SpinWait.SpinUntil(() => Names().Length == 1 && new FileInfo(PathOf(Names()[0])).Length > 0, Patience.Span).Should().BeTrue();
        Names().Should().NotContain("out");
        CommandRun.Foreign("kill", Folder, $"-{signal}", $"{process.Id}").ExitCode.Should().Be(0);
        process.WaitForExit(Patience.Span).Should().BeTrue();
        process.ExitCode.Should().Be(exitCode);
        process.StandardError.ReadToEnd().Should().Be("cryptodev: interrupted\n");
        Names().Should().BeEmpty();
    }

    [Fact]
    public void Streams_pass_through_pipes()
    {
        FileOf("plain", Bytes((4 << 20) + 3));
        CommandRun run = CommandRun.Foreign(
            "sh",
            Folder,
            "-c",
            $"cat plain | '{CommandFile.Path}' enc -a aes-cbc --pad pkcs7 --key 000102030405060708090a0b0c0d0e0f --iv "
                + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
                + " | openssl enc -d -aes-128-cbc -K 000102030405060708090a0b0c0d0e0f -iv f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff | cmp "
                + "- plain && mkfifo pipe && (cat pipe | cmp - plain &"
                + $" '{CommandFile.Path}' enc -a null --in plain --out pipe && wait $!) && test -p pipe"
        );
        run.Should()
            .BeEquivalentTo(
                new
                {
                    ExitCode = 0,
                    Text = "",
                    Error = "",
                }
            );
    }

    [Fact]
    public void A_new_file_has_the_mode_that_umask_leaves()
    {
        CommandRun
            .Foreign("sh", Folder, "-c", $"umask 027; echo x | '{CommandFile.Path}' enc -a null --out new && stat -c %a new")
            .Text.Should()
            .Be("640\n");
    }

    [Fact]
    public void Memory_stays_bounded_whatever_the_length()
    {
        // 300 MiB through a heap that may not hold 64.
        CommandRun run = CommandRun.Foreign(
            "sh",
            Folder,
            "-c",
            $"head -c 314572800 /dev/zero | DOTNET_GCHeapHardLimit=0x4000000 '{CommandFile.Path}' enc -a aes-128-ctr --key "
                + "000102030405060708090a0b0c0d0e0f --iv f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
                + $" | DOTNET_GCHeapHardLimit=0x4000000 '{CommandFile.Path}' dgst -a md5"
        );
        run.ExitCode.Should().Be(ExitCode.Fine, run.Error);
        run.Text.Should()
            .Be(
                CommandRun
                    .Foreign(
                        "sh",
                        Folder,
                        "-c",
                        "head -c 314572800 /dev/zero | openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv "
                            + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff | md5sum"
                    )
                    .Text
            );
    }
}
