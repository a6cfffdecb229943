using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CryptoDev.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary><c>cryptodev key</c>: numbers in, the number out.</summary>
public sealed class KeyCommandTests : FolderTests
{
    [Theory]
    [InlineData("modexp --base 4 --exp 13 --mod 497", "0x01bd")]
    [InlineData("modexp --base 0x4 --exp 0xd --mod 0x1f1", "0x01bd")]
    [InlineData("modexp-crt --p 61 --q 53 --message 2790 --dp 53 --dq 49 --qinv 38", "0x0041")]
    [InlineData("dh --private 6 --public 19 --prime 23", "0x02")]
    [InlineData("mod-add --a 20 --b 9 --mod 23", "0x06")]
    [InlineData("mod-addinv --a 20 --mod 23", "0x03")]
    [InlineData("mod-sub --a 9 --b 20 --mod 23", "0x0c")]
    [InlineData("mod-mult --a 20 --b 9 --mod 23", "0x13")]
    [InlineData("mod-multinv --a 20 --mod 23", "0x0f")]
    [InlineData("mod --a 200 --mod 23", "0x10")]
    [InlineData("mod --a 00200 --mod 0x0000000017 --driver software", "0x10")]
    public void The_result_alone_stands_on_stdout(string arguments, string expected)
    {
        CommandRun run = CommandRun.Of(["key", .. arguments.Split(' ')]);

        run.Error.Should().BeEmpty();
        run.Text.Should().Be(expected + "\n");
        run.ExitCode.Should().Be(ExitCode.Fine);
    }

    [Fact]
    public void A_number_may_be_the_bytes_of_a_file()
    {
        string file = FileOf("modulus", [0x01, 0xF1]);

        CommandRun.Of("key", "modexp", "--base", "4", "--exp", "13", "--mod", "@" + file).Text.Should().Be("0x01bd\n");
    }

    [Fact]
    public void A_signature_is_made_and_verified_and_a_bad_one_gives_exit_code_1()
    {
        string[] group =
        [
            "--digest",
            "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
            "--p",
            "23",
            "--q",
            "11",
            "--g",
            "4",
        ];
        string[] lines = CommandRun.Of(["key", "dsa-sign", .. group, "--private", "7"]).Text.Split('\n');
        lines.Should().HaveCount(3);
        CommandRun good = CommandRun.Of(["key", "dsa-verify", .. group, "--public", "8", "--r", lines[0], "--s", lines[1]]);
        (good.ExitCode, good.Text).Should().Be((0, "good\n"));
        CommandRun bad = CommandRun.Of(["key", "dsa-verify", .. group, "--public", "8", "--r", lines[0], "--s", "0"]);
        (bad.ExitCode, bad.Text).Should().Be((1, "bad\n"));
        string tooLong = "0x" + new string('f', 20_000);
        bad = CommandRun.Of(["key", "dsa-verify", .. group, "--public", "8", "--r", tooLong, "--s", lines[1], "--json", "--verbose"]);
        bad.ExitCode.Should().Be(ExitCode.Different);
        using JsonDocument verdict = JsonDocument.Parse(bad.Text);
        verdict.RootElement.GetProperty("valid").GetBoolean().Should().BeFalse();
        bad.Error.Should().Contain("by its operands alone");
        CommandRun random = CommandRun.Of(["key", "dsa-sign", .. group, "--private", "7", "--random-nonce", "--json"]);
        using JsonDocument document = JsonDocument.Parse(random.Text);
        document.RootElement.GetProperty("numbers").EnumerateObject().Select(number => number.Name).Should().Equal("r", "s");
        document.RootElement.GetProperty("driver").GetString().Should().Be("software");
    }

    [Fact]
    public void A_batch_gives_a_line_for_each_line()
    {
        string file = FileOf("powers", System.Text.Encoding.ASCII.GetBytes("# base exp mod\n4 13 497\n\n0x03\t200   1000\r\n 0 0 7"));
        CommandRun run = CommandRun.Of("key", "modexp", "--batch", file, "--driver", "software");
        (run.ExitCode, run.Text, run.Error).Should().Be((0, "0x01bd\n0x0001\n0x01\n", string.Empty));

        file = FileOf("inverses", "20 23\n6 9\n2 9\n"u8.ToArray());
        run = CommandRun.Of("key", "mod-multinv", "--batch", file);
        (run.ExitCode, run.Text).Should().Be((0, "0x0f\n-\n0x05\n"));

        string signature = CommandRun
            .Of("key", "dsa-sign", "--digest", "01", "--p", "23", "--q", "11", "--g", "4", "--private", "7")
            .Text.ReplaceLineEndings(" ");
        file = FileOf("verdicts", System.Text.Encoding.ASCII.GetBytes($"01 23 11 4 8 {signature}\n01 23 11 4 8 0 1\n"));
        run = CommandRun.Of("key", "dsa-verify", "--batch", file);
        (run.ExitCode, run.Text).Should().Be((1, "good\nbad\n"));
    }

    [Theory]
    [InlineData("1 2 3\n4 5\n", 2, "line 2: 2 operands; modexp takes 3: base exp mod.", "0x01\n")]
    [InlineData("1 2 3\n\n4 5 0\n", 2, "line 3: modulus must not be 0", "0x01\n")]
    [InlineData("0xzz 2 3\n", 2, "line 1: --base takes hex digits", "")]
    [InlineData("@/no/such/file 2 3\n", 4, "line 1: /no/such/file: No such file", "")]
    public void A_line_that_cannot_be_done_ends_the_batch_and_is_named(string lines, int exitCode, string says, string printed)
    {
        CommandRun run = CommandRun.Of("key", "modexp", "--batch", FileOf("lines", System.Text.Encoding.ASCII.GetBytes(lines)));
        run.ExitCode.Should().Be(exitCode, run.Error);
        run.Error.Should().Contain(says);
        run.Text.Should().Be(printed);
    }

    [Theory]
    [InlineData("modexp --batch /dev/null --base 3", "--base does not go with it")]
    [InlineData("modexp --batch /dev/null --json", "--json does not go with it")]
    [InlineData("modexp --base 3 --exp 3", "Option '--mod' is required")]
    public void A_batch_takes_its_operands_from_the_file_alone(string arguments, string says)
    {
        CommandRun run = CommandRun.Of(["key", .. arguments.Split(' ')]);
        run.ExitCode.Should().Be(ExitCode.Usage);
        run.Error.Should().Contain(says);
    }

    [Theory]
    [InlineData("modexp --base 4 --exp 13 --mod 0", 2, "modulus must not be 0")]
    [InlineData("modexp --base 4x --exp 13 --mod 7", 2, "--base takes hex digits after 0x, decimal digits, or @FILE")]
    [InlineData("modexp --base 0x --exp 13 --mod 7", 2, "--base was given '0x' without digits")]
    [InlineData("modexp --base 0xg1 --exp 13 --mod 7", 2, "--base takes hex digits")]
    [InlineData("modexp --base @/no/such/file --exp 13 --mod 7", 4, "/no/such/file")]
    [InlineData("modexp --base 4 --exp 13", 2, "--mod")]
    [InlineData("mod-multinv --a 6 --mod 9", 2, "no inverse")]
    [InlineData("dh --private 6 --public 22 --prime 23", 2, "publicKey must be at most prime - 2")]
    [InlineData("mod --a 6 --mod 9 --driver keyring", 3, "keyring")]
    [InlineData("mod --a 6 --mod 9 --driver abacus", 2, "'abacus' is not a driver")]
    public void Mistakes_have_their_exit_code_and_one_sentence(string arguments, int exitCode, string words)
    {
        CommandRun run = CommandRun.Of(["key", .. arguments.Split(' ')]);

        run.ExitCode.Should().Be(exitCode, run.Error);
        run.Error.Should().Contain(words);
        run.Output.Should().BeEmpty();
    }

    [Fact]
    public void Numbers_over_the_limit_are_refused_in_either_spelling()
    {
        CommandRun.Of("key", "mod", "--a", new string('9', 4934), "--mod", "7").Error.Should().Contain("4933 decimal digits");
        CommandRun.Of("key", "mod", "--a", "0x1" + new string('0', 4096), "--mod", "7").Error.Should().Contain("16384 bits");
        string largest = BigInteger.Pow(2, 16384).ToString(CultureInfo.InvariantCulture);
        CommandRun.Of("key", "mod", "--a", largest, "--mod", "7").ExitCode.Should().Be(ExitCode.Usage);
        CommandRun
            .Of("key", "mod", "--a", (BigInteger.Pow(2, 16384) - 1).ToString(CultureInfo.InvariantCulture), "--mod", "7")
            .Text.Should()
            .Be("0x01\n");
    }

    [Fact]
    public void Features_tell_who_serves_what()
    {
        using JsonDocument document = JsonDocument.Parse(CommandRun.Of("key", "features", "--json").Text);
        document.RootElement.GetProperty("mask").GetInt32().Should().Be(0x7FF);
        List<JsonElement> rows = [.. document.RootElement.GetProperty("operations").EnumerateArray()];
        rows.Where(row => row.GetProperty("default").GetBoolean()).Should().HaveCount(11);
        rows.Should().Contain(row => row.GetProperty("driver").GetString() == "keyring");
        CommandRun
            .Of("key", "features")
            .Text.Should()
            .MatchRegex(@"ModExp\s+software\s+default")
            .And.MatchRegex(@"DsaSign\s+af_alg\s+absent");
    }

    [Fact]
    public void Verbose_tells_the_driver_on_stderr()
    {
        CommandRun run = CommandRun.Of("key", "mod", "--a", "9", "--mod", "7", "-v");

        run.Text.Should().Be("0x02\n");
        run.Error.Should().Contain("mod by software").And.Contain("not by af_alg: it has no key operations");
    }
}
