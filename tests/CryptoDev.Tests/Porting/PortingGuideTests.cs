using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Porting;

/// <summary>docs/porting.md: its C compiles against our headers, its C# is what is compiled here, and runs.</summary>
public sealed partial class PortingGuideTests
{
    private static readonly string s_root = AbiWitness.FindRepositoryRoot();
    private static readonly string s_guide = File.ReadAllText(Path.Combine(s_root, "docs", "porting.md"));
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    [Fact]
    public void Its_csharp_is_what_is_compiled()
    {
        string[] files = ["LinuxPort", "NetBsdPort", "FreeBsdPort", "OpenBsdPort"];
        string[] compiled =
        [
            .. files
                .SelectMany(file =>
                    ExampleInSource().Matches(File.ReadAllText(Path.Combine(s_root, "tests", "CryptoDev.Tests", "Porting", file + ".cs")))
                )
                .Select(match => match.Groups[1].Value.Replace("\n    ", "\n", StringComparison.Ordinal)[4..]),
        ];
        Fragments("csharp").Skip(1).Should().Equal(compiled);
        compiled.Should().HaveCount(5);
    }

    [Theory]
    [InlineData("linux", 0)]
    [InlineData("linux", 1)]
    [InlineData("netbsd", 2)]
    [InlineData("freebsd", 3)]
    [InlineData("openbsd", 4)]
    public void Its_c_compiles_against_our_headers(string dialect, int fragment)
    {
        string program =
            """
                #include <errno.h>
                #include <fcntl.h>
                #include <poll.h>
                #include <unistd.h>
                int ioctl(int, unsigned long, ...);
                #include <crypto/cryptodev.h>

                """ + Fragments("c")[fragment];
        (int exitCode, string output) = Compile(dialect, program);
        output.Should().BeEmpty();
        exitCode.Should().Be(0);
        Compile(dialect, program.Replace("CIOC", "CIOX", StringComparison.Ordinal))
            .ExitCode.Should()
            .NotBe(0, "a wrong name would be seen");
    }

    [Fact]
    public void The_linux_examples_run()
    {
        byte[] data = new byte[32];
        LinuxPort.Encrypt(s_key, new byte[16], data).Should().Be(0);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        data.Should().Equal(aes.EncryptCbc(new byte[32], new byte[16], PaddingMode.None));
        LinuxPort.Encrypt(new byte[15], new byte[16], data).Should().Be(-22, "EINVAL");

        byte[] digest = new byte[32];
        LinuxPort.Hash([1, 2], [3], digest).Should().Be(0);
        digest.Should().Equal(SHA256.HashData([1, 2, 3]));
    }

    [Fact]
    public void The_netbsd_example_runs()
    {
        byte[][] messages = [new byte[16], new byte[48], new byte[4096]];
        NetBsdPort.EncryptMany(s_key, new byte[16], messages).Should().Be(0);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        foreach (byte[] message in messages)
        {
            message.Should().Equal(aes.EncryptCbc(new byte[message.Length], new byte[16], PaddingMode.None));
        }
    }

    [Fact]
    public void The_freebsd_example_runs()
    {
        byte[] data = new byte[20];
        byte[] tag = new byte[16];
        FreeBsdPort.Seal(s_key, new byte[12], [7], data, tag).Should().Be(0);
        using AesGcm gcm = new(s_key, 16);
        byte[] expected = new byte[20];
        byte[] expectedTag = new byte[16];
        gcm.Encrypt(new byte[12], new byte[20], expected, expectedTag, new byte[] { 7 });
        data.Should().Equal(expected);
        tag.Should().Equal(expectedTag);
    }

    [Fact]
    public void The_openbsd_example_runs()
    {
        byte[] result = new byte[2];
        OpenBsdPort.ModExp([4], [13], [0xF1, 0x01], result).Should().Be(0);
        result.Should().Equal(0xBD, 0x01);
    }

    private static string[] Fragments(string language) =>
        [.. s_guide.Split($"```{language}\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)].TrimEnd('\n'))];

    private static (int ExitCode, string Output) Compile(string dialect, string program)
    {
        string include = Path.Combine(s_root, "native", "cryptodev-shim", "include", dialect);
        ProcessStartInfo start = new(
            "gcc",
            ["-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-I", include, "-fsyntax-only", "-x", "c", "-"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(program);
        process.StandardInput.Write('\n');
        process.StandardInput.Close();
        string output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"// <[\w-]+>\n(.*?)\n\s*// </", RegexOptions.Singleline)]
    private static partial Regex ExampleInSource();
}
