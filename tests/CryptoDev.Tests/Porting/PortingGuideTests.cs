using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Tests.Abi;
using CryptoDev.Tests.KeyOps;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Porting;

/// <summary>docs/porting.md: its C compiles against our headers, its C# compiles from the page alone, and runs.</summary>
public sealed class PortingGuideTests(GuideCompiler guide) : IClassFixture<GuideCompiler>
{
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    private delegate int BytesToErrno3(byte[] a, byte[] b, byte[] c);

    private delegate int BytesToErrno4(byte[] a, byte[] b, byte[] c, byte[] d);

    private delegate int BytesToErrno5(byte[] a, byte[] b, byte[] c, byte[] d, byte[] e);

    private delegate int BytesToErrno7(byte[] a, byte[] b, byte[] c, byte[] d, byte[] e, byte[] f, byte[] g);

    private delegate int Messages(byte[] key, byte[] iv, byte[][] messages);

    private delegate bool KeyOpSignature(byte[] digest, byte[] p, byte[] q, byte[] g, byte[] x, byte[] y);

    private delegate byte[] KeyOpRsa(byte[] p, byte[] q, byte[] message, byte[] dp, byte[] dq, byte[] qInverse);

    private delegate int Take(ReadOnlySpan<byte> bytes);

    private delegate int Give(Span<byte> bytes);

    [Fact]
    public void Its_csharp_compiles_from_the_page_alone()
    {
        guide.Output.Should().BeEmpty();
        guide.CSharp.Should().HaveCount(10);
        guide.C.Should().HaveCount(8);
    }

    [Theory]
    [InlineData("public static class A { public static int P => CryptoDev.Native.LibC.POLLIN; }", "LibC")]
    [InlineData("using static CryptoDev.Ioctl.NetBsd; public static class A { public static short P => POLLIN; }", "POLLIN")]
    public void What_a_reader_does_not_have_does_not_compile(string source, string name) =>
        guide.Compile("Private" + name, [source, "return 0;"]).Should().Contain(name).And.Contain("error CS");

    [Theory]
    [InlineData("linux", 0)]
    [InlineData("linux", 1)]
    [InlineData("netbsd", 2)]
    [InlineData("freebsd", 3)]
    [InlineData("openbsd", 4)]
    [InlineData("netbsd", 5)]
    [InlineData("netbsd", 6)]
    [InlineData("netbsd", 7)]
    [InlineData("freebsd", 6)]
    [InlineData("openbsd", 6)]
    public void Its_c_compiles_against_our_headers(string dialect, int fragment)
    {
        string program =
            """
                #include <errno.h>
                #include <fcntl.h>
                #include <poll.h>
                #include <string.h>
                #include <sys/ioctl.h>
                #include <unistd.h>
                #include <openssl/bn.h>
                #include <crypto/cryptodev.h>

                """ + guide.C[fragment];
        (int exitCode, string output) = Compile(dialect, program);
        output.Should().BeEmpty();
        exitCode.Should().Be(0);
        Compile(
            dialect,
            program.Replace("CIOC", "CIOX", StringComparison.Ordinal).Replace("crp_nbits", "crp_bits", StringComparison.Ordinal)
        )
            .ExitCode.Should()
            .NotBe(0, "a wrong name would be seen");
    }

    [Fact]
    public void The_linux_examples_run()
    {
        byte[] data = new byte[32];
        BytesToErrno3 encrypt = guide.Method<BytesToErrno3>("LinuxCipher", "Encrypt");
        encrypt(s_key, new byte[16], data).Should().Be(0);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        data.Should().Equal(aes.EncryptCbc(new byte[32], new byte[16], PaddingMode.None));
        encrypt(new byte[15], new byte[16], data).Should().Be(-Posix.EINVAL);

        byte[] digest = new byte[32];
        guide.Method<BytesToErrno3>("LinuxDigest", "Hash")([1, 2], [3], digest).Should().Be(0);
        digest.Should().Equal(SHA256.HashData([1, 2, 3]));
    }

    [Fact]
    public void The_netbsd_example_runs()
    {
        byte[][] messages = [new byte[16], new byte[48], new byte[4096]];
        guide.Method<Messages>("NetBsdMany", "EncryptMany")(s_key, new byte[16], messages).Should().Be(0);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        foreach (byte[] message in messages)
        {
            message.Should().Equal(aes.EncryptCbc(new byte[message.Length], new byte[16], PaddingMode.None));
        }
    }

    [Fact]
    public void What_is_submitted_in_one_function_is_collected_in_another()
    {
        using IDisposable pipeline = (IDisposable)Activator.CreateInstance(guide.Type("NetBsdPipeline"))!;
        Take begin = pipeline.GetType().GetMethod("Begin")!.CreateDelegate<Take>(pipeline);
        Take submit = pipeline.GetType().GetMethod("Submit")!.CreateDelegate<Take>(pipeline);
        Give collect = pipeline.GetType().GetMethod("Collect")!.CreateDelegate<Give>(pipeline);
        begin(s_key).Should().Be(0);
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        for (byte i = 0; i < 20; i++)
        {
            byte[] message = [.. Enumerable.Repeat(i, 64)];
            byte[] result = new byte[64];
            submit(message).Should().Be(0);
            GC.Collect();
            collect(result).Should().Be(0);
            result.Should().Equal(aes.EncryptCbc(message, new byte[16], PaddingMode.None));
        }

        submit(new byte[15]).Should().BeLessThanOrEqualTo(0);
    }

    [Fact]
    public void The_freebsd_example_runs()
    {
        byte[] data = new byte[20];
        byte[] tag = new byte[16];
        guide.Method<BytesToErrno5>("FreeBsdSeal", "Seal")(s_key, new byte[12], [7], data, tag).Should().Be(0);
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
        guide.Method<BytesToErrno4>("OpenBsdPower", "ModExp")([4], [13], [0xF1, 0x01], result).Should().Be(0);
        result.Should().Equal(0xBD, 0x01);
    }

    [Fact]
    public void Big_numbers_go_there_and_come_back() =>
        guide.Method<Func<BigInteger, BigInteger, BigInteger, BigInteger>>("NetBsdNumbers", "ModExp")(4, 13, 497).Should().Be(445);

    [Fact]
    public void Private_operations_run_on_both_faces()
    {
        Dictionary<string, string> rsa = KeyVectors.Read("rsa.txt").First();
        byte[][] parts = [.. new[] { "p", "q", "message", "dp", "dq", "qinverse" }.Select(name => rsa.Hex(name))];
        byte[] plain = guide.Method<KeyOpRsa>("WithKeyOp", "RsaPrivate")(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
        byte[] raw = new byte[plain.Length];
        byte[][] low = [.. parts.Select(Reversed)];
        guide.Method<BytesToErrno7>("NetBsdKeys", "RsaPrivate")(low[0], low[1], low[2], low[3], low[4], low[5], raw).Should().Be(0);
        Reversed(raw).Should().Equal(plain);

        Dictionary<string, string> dsa = KeyVectors.Read("dsa.txt").First();
        byte[] digest = dsa.Hex("digest");
        (byte[] p, byte[] q, byte[] g, byte[] x, byte[] y) = (dsa.Hex("p"), dsa.Hex("q"), dsa.Hex("g"), dsa.Hex("x"), dsa.Hex("y"));
        guide.Method<KeyOpSignature>("WithKeyOp", "SignAndVerify")(digest, p, q, g, x, y).Should().BeTrue();
        byte[] r = new byte[q.Length];
        byte[] s = new byte[q.Length];
        guide
            .Method<BytesToErrno7>("NetBsdKeys", "DsaSign")(digest, Reversed(p), Reversed(q), Reversed(g), Reversed(x), r, s)
            .Should()
            .Be(0);
        BytesToErrno7 verify = guide.Method<BytesToErrno7>("NetBsdKeys", "DsaVerify");
        verify(digest, Reversed(p), Reversed(q), Reversed(g), Reversed(y), r, s).Should().Be(0);
        r[0] ^= 1;
        verify(digest, Reversed(p), Reversed(q), Reversed(g), Reversed(y), r, s).Should().Be(-Posix.EPERM);
    }

    [Fact]
    public void The_public_numbers_are_the_libcs()
    {
        System.Reflection.FieldInfo[] all = typeof(Posix).GetFields();
        all.Should().HaveCountGreaterThan(30);
        foreach (System.Reflection.FieldInfo one in all)
        {
            one.GetRawConstantValue().Should().Be(typeof(LibC).GetField(one.Name)!.GetRawConstantValue(), one.Name);
        }
    }

    private static byte[] Reversed(byte[] number) => [.. number.AsEnumerable().Reverse()];

    private static (int ExitCode, string Output) Compile(string dialect, string program)
    {
        string include = Path.Combine(AbiWitness.FindRepositoryRoot(), "native", "cryptodev-shim", "include", dialect);
        string[] options = ["-std=c11", "-D_DEFAULT_SOURCE", "-DCRYPTODEV_FREEBSD_RELEASE=14", "-Wall", "-Wextra", "-Werror"];
        ProcessStartInfo start = new("gcc", [.. options, "-Wno-unused-function", "-I", include, "-fsyntax-only", "-x", "c", "-"])
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
}
