using System.Text.Json;
using CryptoDev.Cli;
using CryptoDev.Cli.Check;
using CryptoDev.Drivers.Software;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>check agrees where all is well, and says so where a driver lies.</summary>
public sealed class CheckCommandTests
{
    [Fact]
    public void The_software_driver_agrees()
    {
        CommandRun run = CommandRun.Of("check", "--driver", "software", "--seconds", "2", "--seed", "1", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Text);
        List<JsonElement> pairs = [.. document.RootElement.GetProperty("pairs").EnumerateArray()];
        string.Join('\n', pairs.Where(pair => pair.GetProperty("verdict").GetString() != "ok")).Should().BeEmpty("seed 1");
        run.ExitCode.Should().Be(ExitCode.Fine);
        document.RootElement.GetProperty("agree").GetBoolean().Should().BeTrue();
        document.RootElement.GetProperty("seed").GetUInt64().Should().Be(1);
        pairs.Should().OnlyContain(pair => pair.GetProperty("known_answers").GetInt32() > 0);
        pairs
            .Sum(pair => pair.GetProperty("messages").GetInt64())
            .Should()
            .BeGreaterThan(pairs.Sum(pair => pair.GetProperty("known_answers").GetInt64()));
        document
            .RootElement.GetProperty("absent")
            .EnumerateArray()
            .Where(row => row.GetProperty("driver").GetString() == "software")
            .Select(row => row.GetProperty("algorithm").GetString())
            .Should()
            .Equal("skipjack-cbc");
    }

    [Fact]
    public void The_table_tells_what_ran_and_the_seed()
    {
        CommandRun run = CommandRun.Of("check", "--driver", "software", "--seconds", "0.2", "--seed", "77");
        run.ExitCode.Should().Be(ExitCode.Fine, run.Text);
        run.Text.Should()
            .MatchRegex(@"software\s+aes-cbc\s+\w+\s+-\s+3 .* ok")
            .And.Contain("aes-cbc+hmac-sha1 mac-ciphertext")
            .And.Contain("all agree; seed 77.")
            .And.Contain("software: skipjack-cbc: libcrypto has no Skipjack.");
    }

    [Fact]
    public void A_driver_that_serves_nothing_is_not_available()
    {
        CommandRun.Of("check", "--driver", "af_alg:no-such-driver", "--seconds", "0.2").ExitCode.Should().Be(ExitCode.NotAvailable);
        CommandRun.Of("check", "--driver", "gpu", "--seconds", "0.2").ExitCode.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public void Every_algorithm_has_a_known_answer_with_its_source()
    {
        CryptoAlgorithm.All.Where(algorithm => !KnownAnswerTable.For(algorithm).Any()).Should().BeEmpty();
        KnownAnswerTable
            .Rows.Should()
            .OnlyContain(row => row.Source.Length > 5 && CryptoAlgorithm.All.Any(algorithm => algorithm.Name == row.Algorithm));
    }

    public static TheoryData<string, string, string> Lies =>
        new()
        {
            { "flips a bit of long messages", "aes-cbc", "differs from byte" },
            { "flips a bit of long messages", "aes-gcm", "differs from byte" },
            { "flips a bit of long messages", "hmac-sha256", "differs from byte" },
            { "flips a bit of every message", "sha256", "known answer" },
            { "accepts every tag", "aes-gcm", "accepted a message that was tampered with" },
            { "flips a bit of long messages", "aes-cbc+hmac-sha1 mac-plaintext", "differs from byte" },
            { "says it wrote less", "aes-ctr", "says that it wrote" },
            { "fails now and then", "aes-ctr", "CryptoDevException" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_driver_that_lies_is_found_out(string lie, string subject, string says)
    {
        using CryptoDevice device = new(new CryptoDeviceOptions(), new DriverRegistry([new LyingDriver(lie), SoftwareDriver.Instance]));
        CheckRunner runner = new(device, Patience.Span, 5, CancellationToken.None);
        CheckPair pair = runner.FindPairs(["liar"]).Single(pair => pair.Subject.Name == subject);
        pair.Reference.Should().Be("software");

        // Ends with the first disagreement; the time is there for a machine that is busy.
        runner.Run([pair], [], _ => { });
        pair.Failure.Should().Contain(says, $"it {lie}");
    }

    /// <summary>A kernel takes associated data and message in one request. Half of the random messages have the full length.</summary>
    [Theory]
    [InlineData("aes-gcm")]
    [InlineData("aes-cbc+hmac-sha1 mac-plaintext")]
    public void A_limit_for_message_and_associated_data_together_is_kept(string subject)
    {
        using CryptoDevice device = new(
            new CryptoDeviceOptions(),
            new DriverRegistry([new LyingDriver("has little room for both"), SoftwareDriver.Instance])
        );
        CheckRunner runner = new(device, TimeSpan.FromSeconds(1), 5, CancellationToken.None);
        CheckPair pair = runner.FindPairs(["liar"]).Single(pair => pair.Subject.Name == subject);

        runner.Run([pair], [], _ => { });
        pair.Failure.Should().BeNull();
    }

    [Theory]
    [InlineData("is wrong now and then", "ModExp", "the result is wrong")]
    [InlineData("is wrong now and then", "ModExpCrt", "the result is wrong")]
    [InlineData("is wrong now and then", "DhComputeKey", "the result is wrong")]
    [InlineData("is wrong now and then", "DsaSign", "the signature does not verify")]
    [InlineData("is wrong always", "ModMultInv", "known answer")]
    [InlineData("is wrong always", "Mod", "known answer")]
    [InlineData("accepts every signature", "DsaVerify", "it accepted a bad signature")]
    [InlineData("accepts every signature", "ModMultInv", "it found a result where there is none")]
    [InlineData("fails now and then", "ModAdd", "the card is on fire")]
    public void A_driver_that_lies_about_numbers_is_found_out(string lie, string operation, string says)
    {
        using CryptoDevice device = new(new CryptoDeviceOptions(), new DriverRegistry([SoftwareDriver.Instance], new LyingKeyDriver(lie)));
        CheckRunner runner = new(device, Patience.Span, 5, CancellationToken.None);
        KeyCheckPair pair = runner.FindKeyPairs(["liar"]).Single(pair => pair.Operation.ToString() == operation);

        runner.Run([], [pair], _ => { });
        pair.Failure.Should().Contain(says, $"it {lie}");
    }

    [Fact]
    public void A_device_with_a_nonce_of_its_own_is_checked_with_that()
    {
        using CryptoDevice device = new(
            new CryptoDeviceOptions(),
            new DriverRegistry([SoftwareDriver.Instance], new LyingKeyDriver("signs at random only"))
        );
        CheckRunner runner = new(device, TimeSpan.FromSeconds(0.2), 5, CancellationToken.None);
        KeyCheckPair pair = runner.FindKeyPairs(["liar"]).Single(pair => pair.Operation == KeyOperation.DsaSign);

        pair.Nonce.Should().Be(DsaNonce.Random);
        runner.Run([], [pair], _ => { });
        pair.Failure.Should().BeNull();
        pair.Operations.Should().BeGreaterThan(pair.KnownAnswers);
    }

    [Fact]
    public void Every_key_operation_has_a_known_answer_and_is_checked()
    {
        Enum.GetValues<KeyOperation>().Should().OnlyContain(operation => KeyKnownAnswerTable.Rows.Any(row => row.Operation == operation));
        CommandRun run = CommandRun.Of("check", "--driver", "software", "--seconds", "2", "--seed", "3", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Text);
        List<JsonElement> rows = [.. document.RootElement.GetProperty("key_operations").EnumerateArray()];
        rows.Select(row => row.GetProperty("operation").GetString()).Should().Equal(Enum.GetNames<KeyOperation>());
        rows.Should()
            .OnlyContain(row => row.GetProperty("verdict").GetString() == "ok" && row.GetProperty("driver").GetString() == "software");
        rows.Should()
            .OnlyContain(
                row =>
                    row.GetProperty("known_answers").GetInt32() > 0
                    && row.GetProperty("operations").GetInt64() > row.GetProperty("known_answers").GetInt32(),
                "seed 3"
            );
        document
            .RootElement.GetProperty("absent_key_operations")
            .EnumerateArray()
            .Should()
            .Contain(row => row.GetProperty("driver").GetString() == "keyring");
    }

    [Theory]
    [InlineData(-1, "1 bytes before")]
    [InlineData(-64, "64 bytes before")]
    [InlineData(100, "1 bytes behind")]
    [InlineData(163, "64 bytes behind")]
    public void A_write_beside_the_buffer_is_found_out(int place, string says)
    {
        GuardedBuffer buffer = new(100);
        Span<byte> message = buffer.Place(5, 100);
        message.Fill(0xff);
        buffer.CheckGuards();
        System.Runtime.CompilerServices.Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(message), place) ^= 1;
        buffer.Invoking(guarded => guarded.CheckGuards()).Should().Throw<DisagreementException>().WithMessage($"*{says}*");
    }
}
