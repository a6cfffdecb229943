using System.Numerics;
using System.Text.RegularExpressions;
using CryptoDev.Framework;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>docs/keyop.md says what is so.</summary>
public sealed partial class KeyOpManualTests
{
    private static readonly string s_root = AbiWitness.FindRepositoryRoot();
    private static readonly string s_manual = File.ReadAllText(Path.Combine(s_root, "docs", "keyop.md"));

    [Fact]
    public void Its_examples_run_and_give_what_it_says()
    {
        KeyOpManualExamples.ModExp().Should().Be("01BD");
        KeyOpManualExamples.Even().Should().Be("0001");
        KeyOpManualExamples.ModExpCrt().Should().Be("0041");
        KeyOpManualExamples.Dsa().Should().Be("good");
        KeyOpManualExamples.Dh().Should().Be("02");
        KeyOpManualExamples.Modular().Should().Be("6 3 12 19 15 16");
        KeyOpManualExamples.Raw().Should().Be("BD01");
        KeyOpManualExamples.Features().Should().NotBe("nobody");
        KeyOpManualExamples.KernelKeys().Should().MatchRegex("^(good|E[A-Z]+)$");
        BigInteger.ModPow(4, 13, 497).Should().Be(445);
    }

    [Fact]
    public void Its_examples_are_the_ones_that_are_compiled()
    {
        string source = File.ReadAllText(Path.Combine(s_root, "tests", "CryptoDev.Tests", "KeyOps", "KeyOpManualExamples.cs"));
        string[] compiled =
        [
            .. ExampleInSource()
                .Matches(source)
                .Select(match => match.Groups[1].Value.Replace("\n        ", "\n", StringComparison.Ordinal)[8..]),
        ];
        string[] printed = [.. s_manual.Split("```csharp\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];

        printed.Should().Equal(compiled);
        printed.Should().HaveCount(9);
    }

    [Fact]
    public void It_has_every_operation_with_its_number_and_its_counts()
    {
        foreach (KeyOperationFacts facts in KeyOperationTable.All)
        {
            s_manual
                .Should()
                .Contain(
                    $"| {(int)facts.Operation} | `{facts.BsdName}` | `{facts.Operation}` | {facts.Inputs.Count}/{facts.Outputs.Count} | "
                        + $"{string.Join(", ", facts.Inputs.Select(operand => operand.Name))} |"
                );
        }
    }

    [GeneratedRegex(@"// <\w+>\n(.*?\n) *// </", RegexOptions.Singleline)]
    private static partial Regex ExampleInSource();
}
