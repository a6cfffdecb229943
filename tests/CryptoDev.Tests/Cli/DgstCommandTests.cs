using CryptoDev.Cli;
using CryptoDev.Cli.Commands;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>dgst against the real sha256sum and openssl.</summary>
public sealed class DgstCommandTests : FolderTests
{
    private const string Key = "000102030405060708090a0b0c0d0e0f";

    [Theory]
    [InlineData("sha256", "sha256sum")]
    [InlineData("SHA2-512", "sha512sum")]
    [InlineData("CRYPTO_SHA1", "sha1sum")]
    [InlineData("md5", "md5sum")]
    [InlineData("blake2b", "b2sum")]
    public void Lines_are_those_of_the_sum_commands(string algorithm, string command)
    {
        string[] files =
        [
            FileOf("empty", []),
            FileOf("small", "hello\n"),
            FileOf("one piece", Bytes(1 << 20)),
            FileOf("large", Bytes((5 << 20) + 3)),
            FileOf("back\\slash", "a"),
            FileOf("new\nline", "b"),
            FileOf("carriage\rreturn", "c"),
            FileOf("ümläut", "d"),
        ];
        CommandRun ours = CommandRun.Of(["dgst", "-a", algorithm, .. files]);
        ours.ExitCode.Should().Be(0, ours.Error);
        ours.Text.Should().Be(CommandRun.Foreign(command, Folder, files).Text);
    }

    [Fact]
    public void Stdin_is_a_dash()
    {
        CommandRun
            .With("hello"u8.ToArray(), "dgst", "-a", "sha256")
            .Text.Should()
            .Be("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  -\n");
        CommandRun
            .With("hello"u8.ToArray(), "dgst", "-a", "sha256", "-")
            .Text.Should()
            .Be("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  -\n");
    }

    [Theory]
    [InlineData("hmac-sha256", "HMAC", "digest:sha256")]
    [InlineData("hmac(sha512)", "HMAC", "digest:sha512")]
    [InlineData("aes-128-cmac", "CMAC", "cipher:aes-128-cbc")]
    public void Macs_are_those_of_openssl(string algorithm, string mac, string option)
    {
        foreach (int length in new[] { 0, 100, (3 << 20) + 7 })
        {
            string file = FileOf("message", Bytes(length));
            string theirs = CommandRun
                .Foreign("openssl", Folder, "mac", "-macopt", option, "-macopt", $"hexkey:{Key}", "-in", file, mac)
                .Text.Trim()
                .ToLowerInvariant();
            CommandRun.Of("dgst", "-a", algorithm, "--key", Key, file).Text.Should().Be($"{theirs}  {file}\n");
        }
    }

    [Fact]
    public void Gmac_takes_its_nonce()
    {
        string file = FileOf("message", Bytes((1 << 20) + 7));
        string theirs = CommandRun
            .Foreign(
                "openssl",
                Folder,
                "mac",
                "-macopt",
                "cipher:aes-128-gcm",
                "-macopt",
                "hexiv:00112233445566778899aabb",
                "-macopt",
                $"hexkey:{Key}",
                "-in",
                file,
                "GMAC"
            )
            .Text.Trim()
            .ToLowerInvariant();
        CommandRun
            .Of("dgst", "-a", "aes-128-gmac", "--key", Key, "--iv", "00112233445566778899aabb", file)
            .Text.Should()
            .Be($"{theirs}  {file}\n");
    }

    [Fact]
    public void A_tag_may_be_cut()
    {
        string whole = CommandRun.With(Bytes(10), "dgst", "-a", "hmac-sha256", "--key", Key).Text;
        CommandRun.With(Bytes(10), "dgst", "-a", "hmac-sha256", "--key", Key, "--tag-length", "12").Text.Should().Be(whole[..24] + "  -\n");
    }

    /// <summary>Lists that sha256sum reads one way or another; HASH stands for the right digest of "good".</summary>
    public static TheoryData<string> Lists =>
        [
            "HASH  good\n",
            "HASH *good\n",
            "HASH good\n",
            "  HASH  good\n",
            "HASH  good",
            "SHA256 (good) = HASH\n",
            "SHA256(good)= HASH\n",
            "MD5 (good) = HASH\n",
            "# a comment\nHASH  good\n",
            "\\HASH  good\n",
            "\\HASH  back\\\\slash\n",
            "\\HASH  new\\nline\n",
            "\\HASH  bad\\xescape\nHASH  good\n",
            "HASH  missing\nHASH  good\n",
            "HASH  missing\nHASH  missing too\nHASH  good\n",
            "0000000000000000000000000000000000000000000000000000000000000000  good\nHASH  good\n",
            "0000000000000000000000000000000000000000000000000000000000000000  "
                + "good\n0000000000000000000000000000000000000000000000000000000000000000  good\n",
            "not a line\nHASH  good\n",
            "not a line\nnor this\nHASH  good\n",
            "\nHASH  good\n",
            "HASH  good\r\nHASH  back\\slash\r\n\r\n# a comment\r\nHASH  good\r",
            "HASH  good\r\r\n",
            "HASH\n",
            "HASH \n",
            "HASH  \n",
            "",
            "00  good\n",
        ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Check_says_what_sha256sum_says(string list)
    {
        FileOf("good", "x");
        FileOf("back\\slash", "x");
        FileOf("new\nline", "x");
        string path = FileOf(
            "list",
            list.Replace("HASH", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", StringComparison.Ordinal)
        );
        string before = Directory.GetCurrentDirectory();
        CommandRun theirs = CommandRun.Foreign("sha256sum", Folder, "-c", path);
        CommandRun ours = CommandRun.Foreign(CommandFile.Path, Folder, "dgst", "-a", "sha256", "--check", path);
        ours.Text.Should().Be(theirs.Text);
        ours.Error.Should().Be(theirs.Error.Replace("sha256sum: ", "cryptodev: ", StringComparison.Ordinal));
        ours.ExitCode.Should().Be(theirs.ExitCode);
        Directory.GetCurrentDirectory().Should().Be(before);
    }

    [Fact]
    public void Check_verifies_what_dgst_printed()
    {
        string[] files = [FileOf("a", Bytes(10)), FileOf("b\n", Bytes(3 << 20))];
        string list = FileOf("list", CommandRun.Of(["dgst", "-a", "hmac-sha1-96", "--key", Key, .. files]).Output);
        CommandRun good = CommandRun.Of("dgst", "-a", "hmac-sha1-96", "--key", Key, "-c", list);
        good.ExitCode.Should().Be(ExitCode.Fine, good.Error);
        good.Text.Should().Contain("/a: OK\n");
        File.AppendAllText(files[0], "!");
        CommandRun.Of("dgst", "-a", "hmac-sha1-96", "--key", Key, "-c", list).ExitCode.Should().Be(ExitCode.Different);
        CommandRun.Of("dgst", "-a", "sha256", "-c", PathOf("no list")).ExitCode.Should().Be(ExitCode.Different);
    }

    [Fact]
    public void Any_name_survives_its_line()
    {
        Random random = new(7);
        for (int i = 0; i < 2000; i++)
        {
            string name = new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => "\\\n\rn *()=ab"[random.Next(11)])]);
            string line = new ChecksumLine(new byte[32], name).ToString();
            line.Should().NotContain("\n");
            ChecksumLine.Parse(line, CryptoAlgorithm.Sha256, 32)?.FileName.Should().Be(name, $"the line was '{line}'");
        }
    }
}
