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
/// is made by
/// static assertions in a program that is compiled and never run, so no 32-bit libc is needed.
/// </summary>
public sealed class HeaderTests
{
    /// <summary>Macros of the headers that are not numbers of the ABI.</summary>
    private static readonly Dictionary<string, string> s_notNumbers = new()
    {
        ["CRIOGET_NOT_NEEDED"] = "says something about CRIOGET",
        ["CRIOFINDDEV"] = "another name of CIOCFINDDEV",
        ["CIOCSYMFEAT"] = "the old name of CIOCASYMFEAT",
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
    public void The_header_has_nothing_that_the_declarations_lack(string name, int bits)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        HashSet<string> ours = [.. dialect.Constants.Select(constant => constant.Name), .. dialect.Ioctls.Select(ioctl => ioctl.Name)];

        (int exitCode, string macros) = Compile(dialect, bits, "#include <crypto/cryptodev.h>\n", "-dM", "-E");
        (_, string text) = Compile(dialect, bits, "#include <crypto/cryptodev.h>\n", "-P", "-E");

        exitCode.Should().Be(0);
        string[] names =
        [
            .. Regex
                .Matches(macros, @"^#define ((?:CRYPTO|COP|CRK|CRF|CIOC|CRIO|OCIOC|SIOP|CRYPTODEV_MAX)\w*) ", RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value)
                .Where(macro => !macro.StartsWith("CRYPTODEV_", StringComparison.Ordinal) || macro == "CRYPTODEV_MAX_ALG_NAME"),
        ];
        names.Where(macro => !s_notNumbers.ContainsKey(macro)).Should().BeSubsetOf(ours);
        names.Length.Should().BeGreaterThan(40);
        Regex
            .Matches(text, @"^struct (\w+) \{", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)
            .Should()
            .BeEquivalentTo(dialect.Structs.Select(layout => layout.Name));
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

    private static (int ExitCode, string Output) Compile(DialectInfo dialect, int bits, string program, params string[] more)
    {
        string include = Path.Combine(AbiWitness.FindRepositoryRoot(), "native", "cryptodev-shim", "include", dialect.Name);
        ProcessStartInfo start = new(
            "gcc",
            ["-m" + bits, "-std=c11", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-I", include, .. more, "-x", "c", "-"]
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
