using CryptoDev.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Cli;

/// <summary>enc against the real openssl, and what openssl enc does not do: AEAD, XTS, compression.</summary>
public sealed class EncCommandTests : FolderTests
{
    private const string Key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string OtherKey = "101112131415161718191a1b1c1d1e1ff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    private const string Iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    private const string Nonce = "00112233445566778899aabb";

    private static readonly int[] s_lengths = [0, 1, 15, 16, 17, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) + 5, 3 << 20];

    /// <summary>openssl's name, key bytes, IV bytes, whether it is a block mode, and whether it needs the legacy provider.</summary>
    public static TheoryData<string, int, int, bool, bool> SharedCiphers =>
        new()
        {
            { "aes-128-cbc", 16, 16, true, false },
            { "aes-192-cbc", 24, 16, true, false },
            { "aes-256-cbc", 32, 16, true, false },
            { "aes-256-ecb", 32, 0, true, false },
            { "aes-128-ctr", 16, 16, false, false },
            { "aes-256-cfb", 32, 16, false, false },
            { "aes-128-ofb", 16, 16, false, false },
            { "des-ede3-cbc", 24, 8, true, false },
            { "camellia-256-cbc", 32, 16, true, false },
            { "chacha20", 32, 16, false, false },
            { "des-cbc", 8, 8, true, true },
            { "bf-cbc", 16, 8, true, true },
            { "cast5-cbc", 16, 8, true, true },
            { "rc4", 16, 0, false, true },
        };

    [Theory]
    [MemberData(nameof(SharedCiphers))]
    public void The_bytes_are_those_of_openssl_enc(string name, int keyLength, int ivLength, bool pads, bool legacy)
    {
        foreach (int length in s_lengths)
        {
            string plain = FileOf("plain", Bytes(length));
            string[] iv = ivLength == 0 ? [] : ["--iv", Iv[..(2 * ivLength)]];
            string[] padding = pads ? ["--pad", "pkcs7"] : [];
            string[] common = ["enc", "-a", name, "--key", Key[..(2 * keyLength)], .. iv, .. padding];
            CommandRun theirs = CommandRun.Foreign(
                "openssl",
                Folder,
                [
                    "enc",
                    $"-{name}",
                    "-K",
                    Key[..(2 * keyLength)],
                    .. ivLength == 0 ? Array.Empty<string>() : ["-iv", Iv[..(2 * ivLength)]],
                    "-in",
                    plain,
                    .. legacy ? new[] { "-provider", "legacy", "-provider", "default" } : [],
                ]
            );
            theirs.ExitCode.Should().Be(0, theirs.Error);

            CommandRun ours = CommandRun.Of([.. common, "--in", plain, "--out", PathOf("cipher")]);
            ours.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" }, $"{name} of {length} bytes");
            File.ReadAllBytes(PathOf("cipher")).AsSpan().SequenceEqual(theirs.Output).Should().BeTrue($"{name} of {length} bytes");

            CommandRun back = CommandRun.With(theirs.Output, [.. common, "-d"]);
            back.ExitCode.Should().Be(ExitCode.Fine, back.Error);
            back.Output.AsSpan().SequenceEqual(Bytes(length)).Should().BeTrue($"{name} of {length} bytes back");
        }
    }

    [Fact]
    public void Without_padding_the_bytes_are_those_of_openssl_nopad()
    {
        string plain = FileOf("plain", Bytes(4096));
        CommandRun ours = CommandRun.Of("enc", "-a", "aes-128-cbc", "--key", Key[..32], "--iv", Iv, "--in", plain);
        ours.Output.Should()
            .Equal(CommandRun.Foreign("openssl", Folder, "enc", "-aes-128-cbc", "-nopad", "-K", Key[..32], "-iv", Iv, "-in", plain).Output);
    }

    [Theory]
    [InlineData("aes-gcm", Nonce)]
    [InlineData("aes-256-ccm", Nonce)]
    [InlineData("chacha20-poly1305", Nonce)]
    public void Aead_writes_ciphertext_then_tag_and_verifies_it(string name, string nonce)
    {
        foreach (int length in s_lengths)
        {
            string[] common = ["enc", "-a", name, "--key", Key, "--iv", nonce, "--aad", "0badc0de"];
            CommandRun sealedMessage = CommandRun.With(Bytes(length), common);
            sealedMessage.ExitCode.Should().Be(ExitCode.Fine, sealedMessage.Error);
            sealedMessage.Output.Should().HaveCount(length + 16);
            CommandRun.With(sealedMessage.Output, [.. common, "-d"]).Output.AsSpan().SequenceEqual(Bytes(length)).Should().BeTrue();
        }
    }

    [Fact]
    public void Aes_gcm_equals_the_platforms()
    {
        byte[] expected = new byte[1000];
        byte[] tag = new byte[12];
        using System.Security.Cryptography.AesGcm theirs = new(Convert.FromHexString(Key), tag.Length);
        theirs.Encrypt(Convert.FromHexString(Nonce), Bytes(1000), expected, tag, new byte[] { 1, 2, 3 });
        CommandRun
            .With(Bytes(1000), "enc", "-a", "aes-gcm", "--key", Key, "--iv", Nonce, "--aad", "010203", "--tag-length", "12")
            .Output.Should()
            .Equal([.. expected, .. tag]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(70001)]
    public void Xts_takes_one_data_unit(int length)
    {
        string[] common = ["enc", "-a", "aes-128-xts", "--key", OtherKey, "--iv", Iv];
        CommandRun cipher = CommandRun.With(Bytes(length), common);
        cipher.ExitCode.Should().Be(ExitCode.Fine, cipher.Error);
        CommandRun.With(cipher.Output, [.. common, "-d"]).Output.Should().Equal(Bytes(length));
    }

    [Fact]
    public void Xts_refuses_what_is_not_one_data_unit()
    {
        string[] common = ["enc", "-a", "aes-xts", "--key", OtherKey, "--iv", Iv, "--driver", "software", "--out", PathOf("out")];
        CommandRun tooShort = CommandRun.With(Bytes(15), common);
        tooShort
            .Should()
            .BeEquivalentTo(new { ExitCode = 2, Error = "cryptodev: aes-xts takes messages of at least 16 bytes; 15 were given.\n" });
        CommandRun tooLong = CommandRun.With(new byte[(1 << 24) + 1], common);
        tooLong.ExitCode.Should().Be(ExitCode.Usage);
        tooLong.Error.Should().Be("cryptodev: aes-xts takes messages of at most 16777216 bytes on software; 16777217 were given.\n");
        Names().Should().BeEmpty();
    }

    [Fact]
    public void Gzip_is_gzips()
    {
        byte[] text = [.. Enumerable.Repeat("abcdefgh"u8.ToArray(), 300000).SelectMany(bytes => bytes)];
        CommandRun packed = CommandRun.With(text, "enc", "-a", "gzip", "--out", PathOf("packed.gz"));
        packed.ExitCode.Should().Be(ExitCode.Fine, packed.Error);
        CommandRun.Foreign("gzip", Folder, "-dc", "packed.gz").Output.AsSpan().SequenceEqual(text).Should().BeTrue();
        CommandRun
            .With(File.ReadAllBytes(PathOf("packed.gz")), "enc", "-a", "gzip", "-d")
            .Output.AsSpan()
            .SequenceEqual(text)
            .Should()
            .BeTrue();
    }

    [Fact]
    public void A_key_and_an_iv_may_come_from_files()
    {
        FileOf("key", Convert.FromHexString(Key));
        FileOf("iv", Convert.FromHexString(Iv));
        CommandRun
            .With(Bytes(64), "enc", "-a", "aes-cbc", "--key", "@" + PathOf("key"), "--iv", "@" + PathOf("iv"))
            .Output.Should()
            .Equal(CommandRun.With(Bytes(64), "enc", "-a", "aes-cbc", "--key", Key, "--iv", Iv).Output);
    }

    [Fact]
    public void An_existing_file_is_replaced_whole_and_keeps_its_mode()
    {
        string path = FileOf("out", Bytes(5000));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        CommandRun.With(Bytes(32), "enc", "-a", "null", "--out", path).ExitCode.Should().Be(ExitCode.Fine);
        File.ReadAllBytes(path).Should().Equal(Bytes(32));
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Names().Should().Equal("out");
    }

    [Fact]
    public void Input_and_output_may_be_the_same_file()
    {
        string path = FileOf("same", Bytes((1 << 20) + 16));
        CommandRun.Of("enc", "-a", "aes-ctr", "--key", Key, "--iv", Iv, "--in", path, "--out", path).ExitCode.Should().Be(ExitCode.Fine);
        CommandRun
            .Of("enc", "-d", "-a", "aes-ctr", "--key", Key, "--iv", Iv, "--in", path, "--out", path)
            .ExitCode.Should()
            .Be(ExitCode.Fine);
        File.ReadAllBytes(path).AsSpan().SequenceEqual(Bytes((1 << 20) + 16)).Should().BeTrue();
    }

    [Fact]
    public void A_symbolic_link_is_written_through_and_an_empty_file_is_a_file()
    {
        FileOf("target", []);
        File.CreateSymbolicLink(PathOf("link"), "target");
        CommandRun.With(Bytes(10), "enc", "-a", "null", "--out", PathOf("link")).ExitCode.Should().Be(ExitCode.Fine);
        new FileInfo(PathOf("link")).LinkTarget.Should().Be("target");
        File.ReadAllBytes(PathOf("target")).Should().Equal(Bytes(10));
    }

    [Fact]
    public void Verbose_says_on_stderr_which_driver_ran()
    {
        CommandRun run = CommandRun.With(Bytes(16), "enc", "-a", "aes-ecb", "--key", Key, "--driver", "software", "-v");
        run.Error.Should().Contain("runs on software");
        run.Output.Should().HaveCount(16);
    }
}
