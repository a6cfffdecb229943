using CryptoDev.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>
/// Whatever goes wrong: one sentence, the documented exit code, no partial output under the output's name, and no key shown.
/// </summary>
public sealed class BadInputTests : FolderTests
{
    private const string Key = "00deadbeef405060708090a0b0c0d0e0f10111213141516171819ab1c1d1e1f0";
    private const string Iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    private const string Nonce = "00112233445566778899aabb";

    public static TheoryData<string, string[], int, string> Refused =>
        new()
        {
            { "no command", [], ExitCode.Usage, "--help" },
            { "unknown command", ["encrypt"], ExitCode.Usage, "encrypt" },
            { "unknown algorithm", ["enc", "-a", "aes-xyz"], ExitCode.Usage, "'aes-xyz' is not an algorithm" },
            { "no key", ["enc", "-a", "aes-cbc", "--iv", Iv], ExitCode.Usage, "aes-cbc needs --key of 16, 24 or 32 bytes; none was given" },
            { "no key, spelled length", ["enc", "-a", "aes-256-cbc", "--iv", Iv], ExitCode.Usage, "needs --key of 32 bytes" },
            {
                "key too short",
                ["enc", "-a", "aes-cbc", "--iv", Iv, "--key", "001122"],
                ExitCode.Usage,
                "16, 24 or 32 bytes; 3 were given"
            },
            {
                "key not of the spelled length",
                ["enc", "-a", "aes-128-cbc", "--iv", Iv, "--key", Key],
                ExitCode.Usage,
                "'aes-128-cbc' takes a key of 16 bytes; 32 were given"
            },
            { "key not hex", ["enc", "-a", "aes-cbc", "--iv", Iv, "--key", Key + "zz"], ExitCode.Usage, "position 65 is not a hex digit" },
            { "key with an odd number of digits", ["enc", "-a", "aes-cbc", "--iv", Iv, "--key", Key + "0"], ExitCode.Usage, "odd number" },
            { "key for none", ["enc", "-a", "null", "--key", Key], ExitCode.Usage, "null takes no key" },
            {
                "key file missing",
                ["enc", "-a", "aes-cbc", "--iv", Iv, "--key", "@/nonexistent/key"],
                ExitCode.InputOutput,
                "/nonexistent/key: No such file or directory"
            },
            { "no iv", ["enc", "-a", "aes-cbc", "--key", Key], ExitCode.Usage, "aes-cbc needs --iv of 16 bytes; none was given" },
            { "iv too short", ["enc", "-a", "aes-cbc", "--key", Key, "--iv", "0011"], ExitCode.Usage, "IV of 16 bytes; 2 were given" },
            { "iv for none", ["enc", "-a", "aes-ecb", "--key", Key, "--iv", Iv], ExitCode.Usage, "takes no IV" },
            { "gcm without a nonce", ["enc", "-a", "aes-gcm", "--key", Key], ExitCode.Usage, "1 to 128 bytes; none was given" },
            {
                "aad without AEAD",
                ["enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv, "--aad", "00"],
                ExitCode.Usage,
                "authenticates nothing"
            },
            {
                "tag too short",
                ["enc", "-a", "aes-gcm", "--key", Key, "--iv", Nonce, "--tag-length", "3"],
                ExitCode.Usage,
                "4, 8 or 12 to 16 bytes; 3 were asked for"
            },
            {
                "unknown padding",
                ["enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv, "--pad", "zero"],
                ExitCode.Usage,
                "'none' or 'pkcs7'; 'zero' was given"
            },
            {
                "padding a stream",
                ["enc", "-a", "aes-ctr", "--key", Key, "--iv", Iv, "--pad", "pkcs7"],
                ExitCode.Usage,
                "takes any length"
            },
            { "digest given to enc", ["enc", "-a", "sha256"], ExitCode.Usage, "dgst" },
            { "cipher given to dgst", ["dgst", "-a", "aes-cbc", "--key", Key], ExitCode.Usage, "not a digest" },
            { "mac without key", ["dgst", "-a", "hmac-sha256"], ExitCode.Usage, "hmac-sha256 needs --key" },
            { "digest with key", ["dgst", "-a", "sha256", "--key", Key], ExitCode.Usage, "takes no key" },
            { "gmac without nonce", ["dgst", "-a", "aes-256-gmac", "--key", Key], ExitCode.Usage, "needs --iv" },
            { "unknown driver", ["dgst", "-a", "sha256", "--driver", "gpu"], ExitCode.Usage, "'gpu' is not a driver" },
            { "policy among names", ["dgst", "-a", "sha256", "--driver", "software,ladder"], ExitCode.Usage, "'ladder' is a policy" },
            {
                "not served by the driver",
                ["enc", "-a", "skipjack", "--key", "00998877665544332211", "--iv", "0011223344556677", "--driver", "software"],
                ExitCode.NotAvailable,
                "Skipjack"
            },
            { "not a count", ["rng", "many"], ExitCode.Usage, "'many' was given" },
            { "no time", ["check", "--seconds", "0"], ExitCode.Usage, "--seconds" },
            { "no seed", ["check", "--seed", "-1"], ExitCode.Usage, "--seed" },
            {
                "input missing",
                ["enc", "-a", "null", "--in", "/nonexistent/file"],
                ExitCode.InputOutput,
                "/nonexistent/file: No such file or directory"
            },
            { "input a folder", ["enc", "-a", "null", "--in", "/"], ExitCode.InputOutput, "/: Is a directory" },
            { "output a folder", ["enc", "-a", "null", "--out", "/tmp"], ExitCode.InputOutput, "/tmp: Is a directory" },
            {
                "output in no folder",
                ["enc", "-a", "null", "--out", "/nonexistent/out"],
                ExitCode.InputOutput,
                "/nonexistent/out: No such file or directory"
            },
            { "key in the wrong place", ["enc", "-a", "aes-cbc", Key], ExitCode.Usage, "not shown" },
            { "option without value", ["enc", "-a"], ExitCode.Usage, "-a" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_mistake_is_one_sentence_and_an_exit_code(string what, string[] arguments, int exitCode, string says)
    {
        CommandRun run = CommandRun.Of(arguments);
        run.ExitCode.Should().Be(exitCode, $"{what}: {run.Error}");
        run.Error.Should().StartWith("cryptodev: ").And.Contain(says).And.NotContain("   at ").And.NotContain("Parameter '");
        run.Error.TrimEnd('\n').Should().NotContain("\n", "it is one sentence");
        run.Output.Should().BeEmpty();
        (run.Error + run.Text).Should().NotContain(Key, "a key is never shown").And.NotContain(Key[2..12]);
    }

    [Theory]
    [InlineData("enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv)]
    [InlineData("enc", "-d", "-a", "aes-cbc", "--key", Key, "--iv", Iv)]
    [InlineData("enc", "-d", "-a", "aes-cbc", "--key", Key, "--iv", Iv, "--pad", "pkcs7")]
    [InlineData("enc", "-d", "-a", "aes-gcm", "--key", Key, "--iv", Nonce)]
    public void A_truncated_message_leaves_no_output(params string[] arguments)
    {
        CommandRun run = CommandRun.With(Bytes(5), [.. arguments, "--out", PathOf("out")]);
        run.ExitCode.Should().Be(ExitCode.Usage, run.Error);
        run.Error.Should().Contain("5 were given");
        Names().Should().BeEmpty();
    }

    [Fact]
    public void Every_truncation_of_a_gzip_file_is_refused()
    {
        byte[] packed = CommandRun.With("the quick brown fox jumps over the lazy dog"u8.ToArray(), "enc", "-a", "gzip").Output;
        for (int length = 0; length < packed.Length; length++)
        {
            CommandRun run = CommandRun.With(packed[..length], "enc", "-d", "-a", "gzip", "--out", PathOf("out"));
            run.ExitCode.Should().Be(ExitCode.Different, $"{length} of {packed.Length} bytes: {run.Error}");
            Names().Should().BeEmpty();
        }
    }

    [Fact]
    public void A_wrong_padding_leaves_no_output()
    {
        CommandRun run = CommandRun.With(
            new byte[64],
            "enc",
            "-d",
            "-a",
            "aes-cbc",
            "--key",
            Key,
            "--iv",
            Iv,
            "--pad",
            "pkcs7",
            "--out",
            PathOf("out")
        );
        run.ExitCode.Should().Be(ExitCode.Different);
        run.Error.Should().Contain("padding is not PKCS #7");
        Names().Should().BeEmpty();
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("11", false)]
    [InlineData("0203", false)]
    [InlineData("020303", false)]
    [InlineData("030303", true)]
    [InlineData("01", true)]
    public void Padding_is_checked_to_its_first_byte(string end, bool good)
    {
        byte[] plain = [.. new byte[32 - (end.Length / 2)], .. Convert.FromHexString(end)];
        string[] common = ["enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv];
        byte[] cipher = CommandRun.With(plain, common).Output;
        CommandRun run = CommandRun.With(cipher, [.. common, "-d", "--pad", "pkcs7"]);
        run.ExitCode.Should().Be(good ? ExitCode.Fine : ExitCode.Different);
        run.Output.Should().Equal(good ? plain[..^plain[^1]] : []);
    }

    [Theory]
    [InlineData("aes-gcm")]
    [InlineData("aes-ccm")]
    [InlineData("chacha20-poly1305")]
    public void A_wrong_tag_leaves_no_output(string name)
    {
        string[] common = ["enc", "-a", name, "--key", Key, "--iv", Nonce];
        byte[] sealedMessage = CommandRun.With(Bytes(100000), common).Output;
        sealedMessage[^1] ^= 1;
        CommandRun toFile = CommandRun.With(sealedMessage, [.. common, "-d", "--out", PathOf("out")]);
        toFile.ExitCode.Should().Be(ExitCode.TagMismatch);
        toFile.Error.Should().Contain("the tag does not match");
        Names().Should().BeEmpty();
        CommandRun.With(sealedMessage, [.. common, "-d"]).Output.Should().BeEmpty("it is verified before the first byte leaves");
        CommandRun.With(sealedMessage, [.. common, "-d", "--out", FileOf("kept", Bytes(3))]).ExitCode.Should().Be(ExitCode.TagMismatch);
        File.ReadAllBytes(PathOf("kept")).Should().Equal(Bytes(3), "a file that was there stays as it was");
    }

    [Fact]
    public void A_full_disk_is_told()
    {
        CommandRun run = CommandRun.With(Bytes(100), "enc", "-a", "null", "--out", "/dev/full");
        run.ExitCode.Should().Be(ExitCode.InputOutput);
        run.Error.Should().Be("cryptodev: /dev/full: No space left on device\n");
        File.Exists("/dev/full").Should().BeTrue("a device is written to, not replaced");
    }

    [Fact]
    public void A_full_disk_behind_stdout_is_told()
    {
        foreach (
            string[] arguments in new string[][] { ["dgst", "-a", "sha256"], ["enc", "-a", "null"], ["rng", "10"], ["drivers", "--json"] }
        )
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            using MemoryStream error = new();
            using CliConsole console = new(new MemoryStream(Bytes(100)), full, error);
            new CliApplication(console).Run(arguments).Should().Be(ExitCode.InputOutput, arguments[0]);
            System
                .Text.Encoding.UTF8.GetString(error.ToArray())
                .Should()
                .Be("cryptodev: standard output: No space left on device\n", arguments[0]);
        }
    }

    [Fact]
    public void A_failure_in_the_middle_leaves_no_file_and_says_that_a_stream_is_not_whole()
    {
        byte[] unfinished = Bytes((3 << 20) + 5);
        string[] arguments = ["enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv];
        CommandRun.With(unfinished, [.. arguments, "--out", PathOf("out")]).ExitCode.Should().Be(ExitCode.Usage);
        Names().Should().BeEmpty();
        CommandRun stream = CommandRun.With(unfinished, arguments);
        stream.ExitCode.Should().Be(ExitCode.Usage);
        stream.Error.Should().Contain("multiple of 16 bytes").And.Contain("are not the whole output");
    }

    [Fact]
    public void A_read_error_in_the_middle_leaves_no_file()
    {
        CommandRun run = CommandRun.With(
            new FailingStream(2 << 20),
            CancellationToken.None,
            "enc",
            "-a",
            "aes-ctr",
            "--key",
            Key,
            "--iv",
            Iv,
            "--out",
            PathOf("out")
        );
        run.ExitCode.Should().Be(ExitCode.InputOutput);
        run.Error.Should().Contain("standard input: ");
        Names().Should().BeEmpty();
    }

    [Fact]
    public async Task An_interruption_leaves_no_file_even_while_stdin_hangs()
    {
        using HangingStream hanging = new(3 << 20);
        using CancellationTokenSource stop = new();
        Task<CommandRun> run = Task.Run(() =>
            CommandRun.With(hanging, stop.Token, "enc", "-a", "aes-ctr", "--key", Key, "--iv", Iv, "--out", PathOf("out"))
        );
        hanging.Hangs.Wait(Patience.Span).Should().BeTrue();
        SpinWait.SpinUntil(() => Names().Length == 1, Patience.Span).Should().BeTrue("the output has begun under another name");
        Names().Should().NotContain("out");
        await stop.CancelAsync();
        CommandRun ended = await run.WaitAsync(Patience.Span);
        ended.ExitCode.Should().Be(ExitCode.Interrupted);
        Names().Should().BeEmpty();
    }

    [Fact]
    public void An_unreadable_file_does_not_stop_dgst()
    {
        string good = FileOf("good", "x");
        CommandRun run = CommandRun.Of("dgst", "-a", "sha256", PathOf("missing"), good, Folder);
        run.ExitCode.Should().Be(ExitCode.InputOutput);
        run.Text.Should().Be($"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  {good}\n");
        run.Error.Should().Contain($"{PathOf("missing")}: No such file or directory").And.Contain($"{Folder}: Is a directory");
    }

    /// <summary>Gives so many bytes, then fails as a bad disk does.</summary>
    private sealed class FailingStream(int good) : MemoryStream(new byte[good])
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) =>
            base.Read(buffer) is > 0 and int read ? read : throw new IOException("Input/output error");
    }

    /// <summary>Gives so many bytes, then hangs as a terminal does.</summary>
    private sealed class HangingStream(int good) : MemoryStream(new byte[good])
    {
        private readonly ManualResetEventSlim _release = new();

        public ManualResetEventSlim Hangs { get; } = new();

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            int read = base.Read(buffer);
            if (read == 0)
            {
                Hangs.Set();
                _release.Wait();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _release.Set();
            base.Dispose(disposing);
        }
    }
}
