using System.Text;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>
/// Programs written for a release compile with our header of it: each name is there with its value, in every C and C++ a program may be
/// compiled as.
/// </summary>
public sealed class HeaderNameTests
{
    private static readonly string[] s_languages =
    [
        "c -std=gnu89",
        "c -std=c99",
        "c -std=c11 -Wpedantic",
        "c -std=gnu17",
        "c++ -std=c++98",
        "c++ -std=c++11 -Wpedantic",
        "c++ -std=gnu++20",
    ];

    /// <summary>Dialect, what the release is told by, and how many names it must have at least.</summary>
    public static TheoryData<string, string, int> Releases =>
        new()
        {
            { "linux", string.Empty, 90 },
            { "netbsd", string.Empty, 98 },
            { "openbsd", string.Empty, 86 },
            { "freebsd", string.Empty, 154 },
            { "freebsd", "12", 154 },
            { "freebsd", "13", 154 },
            { "freebsd", "14", 154 },
        };

    [Theory]
    [MemberData(nameof(Releases))]
    public void Every_name_has_its_value(string dialect, string release, int atLeast)
    {
        HeaderNames names = new(dialect);
        names.Count.Should().BeGreaterThanOrEqualTo(atLeast);
        foreach (int bits in new[] { 64, 32 })
        {
            foreach ((string language, string assertion) in new[] { ("c -std=c11", "_Static_assert"), ("c++ -std=c++11", "static_assert") })
            {
                StringBuilder program = new StringBuilder(Include)
                    .Append("#define ASSERT ")
                    .Append(assertion)
                    .Append('\n')
                    .AppendJoin('\n', names.Assertions(bits, release))
                    .Append('\n');
                Compile(dialect, bits, language, release, program.ToString()).Should().BeEmpty($"{dialect} {release} {bits} {language}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void The_header_alone_is_taken_without_a_warning(string dialect, string release, int atLeast)
    {
        atLeast.Should().BePositive();
        string both = File.Exists(Path.Combine(HeaderTests.IncludeFolder(dialect), "sys", "sysctl.h"))
            ? "#include <sys/sysctl.h>\n" + Include
            : Include;
        foreach (string language in s_languages)
        {
            Compile(dialect, 64, language, release, both).Should().BeEmpty($"{dialect} {release} {language}");
            Compile(dialect, 32, language, release, Include + Include).Should().BeEmpty($"{dialect} {release} {language}, twice");
        }
    }

    /// <summary>What real programs do with the fields: read bytes through them, store constants, call without another header.</summary>
    [Theory]
    [InlineData("openbsd", "", "c -std=gnu11", "char f(struct crparam *c, struct crypt_op *o) { return (char)(c->crp_p[0] + o->src[0]); }")]
    [InlineData("openbsd", "", "c++", "caddr_t f(crypt_kop *k) { return k->crk_param[0].crp_p; }")]
    [InlineData("freebsd", "", "c -std=gnu11", "char f(struct crparam *c, struct crypt_op *o) { return (char)(c->crp_p[0] + o->src[0]); }")]
    [InlineData("freebsd", "", "c -std=gnu11", "int f(int fd, struct session_op *s) { return ioctl(fd, CIOCGSESSION, s); }")]
    [InlineData("freebsd", "", "c++", "int f(int fd, struct session_op *s) { return ioctl(fd, CIOCGSESSION, s); }")]
    [InlineData("freebsd", "", "c++", "void f(session2_op *s, const char *k, const unsigned char *m) { s->key = k; s->mackey = m; }")]
    [InlineData("freebsd", "12", "c++", "c_caddr_t f(crypt_aead *a, const char *k) { a->aad = k; return a->iv; }")]
    [InlineData("freebsd", "13", "c -std=gnu11", "int *f(struct session2_op *s, const double *k) { s->key = k; return &s->pad[3]; }")]
    [InlineData("freebsd", "14", "c++", "void f(crypt_op *o, const double *k, double *d) { o->src = k; o->dst = d; }")]
    [InlineData("freebsd", "", "c -std=gnu11", "unsigned char f[EALG_MAX_BLOCK_LEN + HASH_MAX_LEN + AES_CCM_IV_LEN];")]
    [InlineData("freebsd", "12", "c -std=gnu11", "long f(struct cryptostats *s) { return s->cs_invoke.acc.tv_sec + s->cs_ops; }")]
    [InlineData(
        "netbsd",
        "",
        "c -std=gnu11",
        "long f(struct cryptostats *s) { struct timeval t = { 0 }; return s->cs_cb.max.tv_nsec + t.tv_sec; }"
    )]
    [InlineData("linux", "", "c -std=gnu11", "__u8 f(struct crypt_op *o, __u32 i) { __u8 __user *s = o->src; return s[i]; }")]
    [InlineData(
        "linux",
        "",
        "c++",
        "enum cryptodev_crypto_op_t f() { return CRYPTO_AES_GCM; } unsigned char *g(session_op *s) { return s->key; }"
    )]
    public void A_program_of_the_release_compiles(string dialect, string release, string language, string program) =>
        Compile(dialect, 64, language, release, Include + program + "\n").Should().BeEmpty();

    [Theory]
    [InlineData("netbsd", "sysctlbyname(\"kern.usercrypto\", &old, &length, &now, sizeof now)")]
    [InlineData("freebsd", "sysctlbyname(\"kern.cryptodevallowsoft\", &old, &length, NULL, 0)")]
    [InlineData("openbsd", "sysctl(mib, 2, &old, &length, &now, sizeof now)")]
    public void The_switches_of_the_kernel_are_declared(string dialect, string call)
    {
        const string numbers =
            "#ifdef KERN_USERCRYPTO\nint mib[2] = { CTL_KERN, KERN_USERCRYPTO };\n"
            + "int three[KERN_USERCRYPTO == 52 && KERN_CRYPTODEVALLOWSOFT == 53 && KERN_USERASYMCRYPTO == 60 ? 1 : -1];\n#endif\n";
        string program =
            $"#include <sys/types.h>\n#include <sys/sysctl.h>\n{numbers}"
            + $"int f(int now) {{ int old; size_t length = sizeof old; return {call} + now; }}\n";
        Compile(dialect, 64, "c -std=gnu11", string.Empty, program).Should().BeEmpty();
        Compile(dialect, 64, "c++", string.Empty, program).Should().BeEmpty();
    }

    [Fact]
    public void A_wrong_value_would_be_seen() =>
        Compile("freebsd", 64, "c -std=c11", "12", Include + "_Static_assert(CAMELLIA_MIN_KEY == 16, \"shortest\");\n")
            .Should()
            .Contain("shortest");

    private static string Include => "#include <crypto/cryptodev.h>\n";

    private static string Compile(string dialect, int bits, string language, string release, string program)
    {
        string[] options =
        [
            .. language.Split(' ')[1..],
            .. release.Length > 0 ? [$"-DCRYPTODEV_FREEBSD_RELEASE={release}"] : Array.Empty<string>(),
        ];
        return HeaderTests.Run(dialect, bits, language.Split(' ')[0], program, ["-fsyntax-only", .. options]).Output;
    }
}
