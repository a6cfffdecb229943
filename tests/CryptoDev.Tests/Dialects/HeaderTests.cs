using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CryptoDev.Ioctl;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>
/// Every size, offset and number of the C# declarations against our C headers, as gcc lays them out for 64 and for 32 bit. The comparison
/// is made by static assertions in a program that is compiled and never run, so no 32-bit libc is needed.
/// </summary>
public sealed class HeaderTests
{
    /// <summary>Macros of OpenBSD's header that are fields of structs in structs.</summary>
    private static readonly string[] s_fieldsByName =
    [
        "cri_iv",
        "cri_esn",
        "crd_iv",
        "crd_esn",
        "crd_key",
        "crd_rnd",
        "crd_alg",
        "crd_klen",
    ];

    /// <summary>Structs with a time of libc, which a program without one does not see.</summary>
    private static readonly Dictionary<string, string[]> s_hosted = new()
    {
        ["linux"] = [],
        ["netbsd"] = ["cryptotstat", "cryptostats"],
        ["freebsd"] = ["cryptotstat"],
        ["openbsd"] = [],
    };

    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (DialectInfo dialect in DialectInfo.All)
            {
                cases.Add(dialect.Name, 64);
                cases.Add(dialect.Name, 32);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_layout_and_number_agrees_with_the_compiler(string name, int bits)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        string program = Assertions(dialect, bits == 64 ? WordSize.LP64 : WordSize.ILP32, out int count);

        (int exitCode, string output) = Compile(dialect, bits, program, "-fsyntax-only");

        output.Should().BeEmpty("gcc -m{0} lays out {1} of {2} assertions otherwise", bits, name, count);
        exitCode.Should().Be(0);
        count.Should().BeGreaterThan(100);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_wrong_offset_would_be_seen(string name, int bits)
    {
        DialectInfo dialect = DialectInfo.Parse(name);

        (int exitCode, string output) = Compile(
            dialect,
            bits,
            "#include <crypto/cryptodev.h>\n_Static_assert(offsetof(struct session_op, ses) == 1, \"session_op.ses\");\n",
            "-fsyntax-only"
        );

        exitCode.Should().NotBe(0);
        output.Should().Contain("session_op.ses");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_header_has_nothing_that_neither_the_declarations_nor_the_list_of_names_has(string name, int bits)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        HeaderNames names = new(dialect.Name);
        HashSet<string> ours =
        [
            .. dialect.Constants.Select(constant => constant.Name),
            .. dialect.Ioctls.Select(ioctl => ioctl.Name),
            .. names.Numbers,
            .. s_fieldsByName,
        ];

        (int exitCode, string macros) = Compile(dialect, bits, "#include <crypto/cryptodev.h>\n", "-dM", "-E");
        (_, string text) = Compile(dialect, bits, "#include <crypto/cryptodev.h>\n", "-P", "-E");

        exitCode.Should().Be(0);
        string[] found =
        [
            .. Regex
                .Matches(macros, @"^#define ([a-z]\w*|[A-Z]\w*)", RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value)
                .Except(Compile(dialect, bits, "#include <stddef.h>\n#include <stdint.h>\n", "-dM", "-E").Output.Split([' ', '(']))
                .Where(macro => !macro.StartsWith("CRYPTODEV_", StringComparison.Ordinal) || macro == "CRYPTODEV_MAX_ALG_NAME"),
            .. Regex.Matches(text, @"^\s*(C\w+) = ", RegexOptions.Multiline).Select(match => match.Groups[1].Value),
        ];
        found.Should().BeSubsetOf(ours);
        found.Length.Should().BeGreaterThan(70);
        Regex
            .Matches(text, @"^struct (\w+) \{", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)
            .Should()
            .BeEquivalentTo(dialect.Structs.Select(layout => layout.Name).Union(names.Structs).Except(s_hosted[dialect.Name]));
    }

    /// <summary>A translation unit that compiles only if the header agrees with what the library says.</summary>
    private static string Assertions(DialectInfo dialect, WordSize wordSize, out int count)
    {
        List<string> lines = [];
        void Assert(string expression, long expected, string what) =>
            lines.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"_Static_assert(({expression}) == {expected}L{(expected > int.MaxValue ? "L" : string.Empty)}, \"{what}\");"
                )
            );

        foreach (StructInfo layout in dialect.Structs)
        {
            Assert($"sizeof(struct {layout.Name})", layout.Size(wordSize), layout.Name);
            foreach (StructFieldInfo field in layout.Fields)
            {
                Assert($"offsetof(struct {layout.Name}, {field.Name})", field.Offset(wordSize), $"offset of {layout.Name}.{field.Name}");
                Assert($"sizeof(((struct {layout.Name} *)0)->{field.Name})", field.Size(wordSize), $"size of {layout.Name}.{field.Name}");
            }
        }

        foreach (IoctlInfo ioctl in dialect.Ioctls)
        {
            Assert(ioctl.Name, ioctl.Code(wordSize), ioctl.Name);
        }

        foreach (ConstantInfo constant in dialect.Constants)
        {
            Assert(constant.Name, constant.Value, constant.Name);
        }

        count = lines.Count;
        return new StringBuilder("#include <crypto/cryptodev.h>\n").AppendJoin('\n', lines).Append('\n').ToString();
    }

    /// <summary>Where the dialect's headers are.</summary>
    internal static string IncludeFolder(string dialect) =>
        Path.Combine(AbiWitness.FindRepositoryRoot(), "native", "cryptodev-shim", "include", dialect);

    private static (int ExitCode, string Output) Compile(DialectInfo dialect, int bits, string program, params string[] more) =>
        Run(dialect.Name, bits, "c", program, ["-std=c11", "-ffreestanding", .. more]);

    /// <summary>Compiles a program, with every warning an error.</summary>
    internal static (int ExitCode, string Output) Run(string dialect, int bits, string language, string program, string[] more)
    {
        ProcessStartInfo start = new(
            "gcc",
            ["-m" + bits, "-Wall", "-Wextra", "-Werror", "-I", IncludeFolder(dialect), .. more, "-x", language, "-"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(program);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }
}
