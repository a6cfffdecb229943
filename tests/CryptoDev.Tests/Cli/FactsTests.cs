using System.Text.Json;
using CryptoDev.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>doctor, drivers, speed, rng, help: what they print, as tables and as JSON.</summary>
public sealed class FactsTests
{
    [Fact]
    public void Doctor_tells_every_rung_with_every_algorithm()
    {
        using JsonDocument document = Json("doctor", "--json");
        document
            .RootElement.GetProperty("rungs")
            .EnumerateArray()
            .Select(rung => rung.GetProperty("rung").GetString())
            .Should()
            .Contain("software");
        List<JsonElement> software =
        [
            .. document
                .RootElement.GetProperty("algorithms")
                .EnumerateArray()
                .Where(row => row.GetProperty("driver").GetString() == "software"),
        ];
        software
            .Select(row => row.GetProperty("algorithm").GetString())
            .Should()
            .Equal(CryptoAlgorithm.All.Select(algorithm => algorithm.Name));
        JsonElement skipjack = software.Single(row => row.GetProperty("algorithm").GetString() == "skipjack-cbc");
        skipjack.GetProperty("available").GetBoolean().Should().BeFalse();
        skipjack.GetProperty("reason").GetString().Should().Contain("Skipjack");
        document.RootElement.GetProperty("notes").ValueKind.Should().Be(JsonValueKind.Array);

        CommandRun text = CommandRun.Of("doctor");
        text.ExitCode.Should().Be(ExitCode.Fine);
        text.Text.Should()
            .MatchRegex(@"software\s+aes-gcm\s+available")
            .And.MatchRegex(@"software\s+available\s+\d+ of \d+")
            .And.NotContain("\u001b");
    }

    [Fact]
    public void Drivers_lists_the_software_rung()
    {
        using JsonDocument document = Json("drivers", "--json");
        JsonElement software = document
            .RootElement.GetProperty("drivers")
            .EnumerateArray()
            .Single(row => row.GetProperty("name").GetString() == "software");
        software.GetProperty("in_process").GetBoolean().Should().BeTrue();
        software.GetProperty("implementation").GetString().Should().StartWith("OpenSSL");
        software.GetProperty("algorithms").EnumerateArray().Select(name => name.GetString()).Should().Contain("aes-xts");
        CommandRun.Of("drivers").Text.Should().MatchRegex(@"software\s+\w+\s+OpenSSL");
    }

    [Fact]
    public void Abi_prints_every_field_for_both_word_sizes()
    {
        using JsonDocument document = Json("abi", "--dialect", "netbsd", "--bits", "32", "--json");
        List<JsonElement> rows = [.. document.RootElement.GetProperty("rows").EnumerateArray()];
        JsonElement room = rows.Single(row =>
            row.GetProperty("ioctl").GetString() == "CIOCCRYPT" && row.GetProperty("field").GetString() == "dst_len"
        );
        room.GetProperty("request").GetString().Should().Be("0xC0206372");
        (room.GetProperty("struct_size").GetInt32(), room.GetProperty("offset").GetInt32(), room.GetProperty("size").GetInt32())
            .Should()
            .Be((32, 28, 4));
        rows.Where(row => row.GetProperty("ioctl").GetString()!.Length == 0)
            .Select(row => row.GetProperty("struct").GetString())
            .Should()
            .Contain("crypt_n_op");
        document
            .RootElement.GetProperty("constants")
            .EnumerateArray()
            .Should()
            .Contain(row => row.GetProperty("name").GetString() == "CRYPTO_AES_CTR" && row.GetProperty("value").GetInt32() == 27);

        foreach (string dialect in new[] { "linux", "netbsd", "freebsd", "openbsd" })
        {
            CommandRun text = CommandRun.Of("abi", "--dialect", dialect);
            text.ExitCode.Should().Be(ExitCode.Fine);
            text.Text.Should()
                .MatchRegex(@"CIOCGSESSION\s+0xC03063\w\w\s+session_op\s+48\s+ses\s+u32\s+40\s+4\n")
                .And.MatchRegex(@"\nCRYPTO_AES_CBC\s+11\s+0xB\n")
                .And.Contain("- CRIOGET: ");
        }

        CommandRun
            .Of("abi", "--dialect", "plan9")
            .Should()
            .Match<CommandRun>(run => run.ExitCode == ExitCode.Usage && run.Error.Contains("openbsd"));
        CommandRun
            .Of("abi", "--dialect", "linux", "--bits", "16")
            .Should()
            .Match<CommandRun>(run => run.ExitCode == ExitCode.Usage && run.Error.Contains("64 or 32"));
        CommandRun.Of("abi").ExitCode.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public void Speed_measures_every_size()
    {
        using JsonDocument document = Json(
            "speed",
            "-a",
            "aes-128-cbc",
            "sha256",
            "--size",
            "64",
            "4K",
            "--driver",
            "software",
            "--seconds",
            "0.02",
            "--json"
        );
        List<JsonElement> rows = [.. document.RootElement.GetProperty("measurements").EnumerateArray()];
        rows.Select(row => (row.GetProperty("algorithm").GetString(), row.GetProperty("size").GetInt32()))
            .Should()
            .Equal(("aes-128-cbc", 64), ("aes-128-cbc", 4096), ("sha256", 64), ("sha256", 4096));
        foreach (JsonElement row in rows)
        {
            row.GetProperty("operations_per_second").GetDouble().Should().BePositive();
            row.GetProperty("megabytes_per_second").GetDouble().Should().BePositive();
            row.GetProperty("p99_microseconds")
                .GetDouble()
                .Should()
                .BeGreaterThanOrEqualTo(row.GetProperty("p50_microseconds").GetDouble());
            row.GetProperty("cpu_share").GetDouble().Should().BeGreaterThanOrEqualTo(0);
        }

        CommandRun text = CommandRun.Of("speed", "-a", "sha256", "--size", "1K", "--driver", "software", "--seconds", "0.02");
        text.Text.Should().MatchRegex(@"sha256\s+software").And.Contain("MB/s").And.Contain("█");
        CommandRun
            .Of("speed", "-a", "aes-cbc", "--size", "65", "--driver", "software", "--seconds", "0.02")
            .ExitCode.Should()
            .Be(ExitCode.NotAvailable);
    }

    [Fact]
    public void Speed_measures_key_operations_with_several_under_way()
    {
        using JsonDocument document = Json(
            "speed",
            "-a",
            "modexp-512",
            "dsa-sign-1024",
            "dsa-verify-1024",
            "dh-1024",
            "rsa-crt-512",
            "--driver",
            "software",
            "--in-flight",
            "1",
            "3",
            "--seconds",
            "0.05",
            "--json"
        );
        List<JsonElement> rows = [.. document.RootElement.GetProperty("key_measurements").EnumerateArray()];
        rows.Should()
            .HaveCount(10)
            .And.OnlyContain(row =>
                row.GetProperty("driver").GetString() == "software" && row.GetProperty("operations_per_second").GetDouble() > 0
            );
        rows.Select(row => row.GetProperty("in_flight").GetInt32()).Distinct().Should().BeEquivalentTo([1, 3]);
        rows.Should()
            .OnlyContain(row =>
                row.GetProperty("p99_microseconds").GetDouble() >= row.GetProperty("p50_microseconds").GetDouble()
                && row.GetProperty("operations").GetInt64() >= row.GetProperty("in_flight").GetInt32()
            );
        document.RootElement.GetProperty("measurements").EnumerateArray().Should().BeEmpty();
        CommandRun mixed = CommandRun.Of(
            "speed",
            "-a",
            "modexp-512",
            "sha256",
            "--size",
            "64",
            "--driver",
            "software",
            "--seconds",
            "0.02"
        );
        mixed.Text.Should().MatchRegex(@"modexp-512 +software +generic").And.MatchRegex(@"sha256 +software");
    }

    [Theory]
    [InlineData("-a modexp-100", "512 to 16384 bits")]
    [InlineData("-a modexp-16392", "512 to 16384 bits")]
    [InlineData("-a modexp", "modexp takes 512")]
    [InlineData("-a dsa-sign-512", "1024, 2048 or 3072")]
    [InlineData("-a rsa-sign-8192", "512 to 4096")]
    [InlineData("-a modexp-512 --in-flight 0", "1 to 256; 0 was given")]
    [InlineData("-a sha256 --in-flight 2", "'sha256' is none")]
    public void Speed_says_which_key_operations_there_are(string arguments, string says)
    {
        CommandRun run = CommandRun.Of(["speed", .. arguments.Split(' ')]);
        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(says);
    }

    [Fact]
    public void Rng_gives_the_bytes_asked_for()
    {
        CommandRun.Of("rng", "100").Output.Should().HaveCount(100);
        CommandRun.Of("rng", "1M").Output.Should().HaveCount(1 << 20);
        CommandRun.Of("rng", "0").Output.Should().BeEmpty();
        string hex = CommandRun.Of("rng", "32", "--hex").Text;
        hex.Should().MatchRegex("^[0-9a-f]{64}\n$");
        CommandRun.Of("rng", "32", "--hex").Text.Should().NotBe(hex);
    }

    [Fact]
    public void Help_lists_commands_and_exit_codes()
    {
        CommandRun run = CommandRun.Of("--help");
        run.ExitCode.Should().Be(ExitCode.Fine);
        run.Text.Should()
            .ContainAll("check", "doctor", "drivers", "dgst", "enc", "rng", "speed", "Exit codes:")
            .And.Contain("cryptodev [command]");
        foreach ((int code, string meaning) in ExitCode.Table)
        {
            run.Text.Should().MatchRegex($@"\n  {code}\s+{System.Text.RegularExpressions.Regex.Escape(meaning)}");
        }

        CommandRun.Of("enc", "--help").Text.Should().Contain("--tag-length");
        CommandRun.Of("--version").Text.Should().MatchRegex(@"^cryptodev \d+\.\d+\.\d+\n$");
    }

    [Fact]
    public void The_manual_lists_every_command_and_exit_code()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "CryptoDev.sln")))
        {
            root = root.Parent;
        }

        string manual = File.ReadAllText(Path.Combine(root!.FullName, "docs", "cli.md")).Replace("`", "", StringComparison.Ordinal);
        manual.Should().ContainAll("check", "doctor", "drivers", "dgst", "enc", "key", "rng", "speed");
        System
            .Text.RegularExpressions.Regex.Matches(manual, @"^\| (\d+) \| (.*) \|$", System.Text.RegularExpressions.RegexOptions.Multiline)
            .Select(row => (int.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), row.Groups[2].Value))
            .Should()
            .Equal(ExitCode.Table, "the manual has this table and no other code");
    }

    [Fact]
    public void Colours_are_for_terminals_that_want_them()
    {
        Coloured(terminal: true, wanted: true).Should().Contain("\u001b[");
        Coloured(terminal: true, wanted: false).Should().NotContain("\u001b[");
        Coloured(terminal: false, wanted: true).Should().NotContain("\u001b[");
    }

    private static string Coloured(bool terminal, bool wanted)
    {
        using MemoryStream output = new();
        using CliConsole console = new(new MemoryStream(), output, new MemoryStream())
        {
            OutputIsTerminal = terminal,
            MayColour = wanted,
            Width = 120,
        };
        new CliApplication(console).Run(["doctor"]).Should().Be(0);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private static JsonDocument Json(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        run.ExitCode.Should().Be(ExitCode.Fine, run.Error);
        return JsonDocument.Parse(run.Text);
    }
}
