using System.Text.RegularExpressions;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Style;

/// <summary>
/// A driver that hands a span to a kernel asks for its address by <c>Start()</c>, which an empty span has too. What C# gives by itself is a
/// null pointer, and the calls of AF_ALG and keyctl are not seen by the device models.
/// </summary>
public sealed partial class KernelPointerTests
{
    private static readonly string[] s_folders = ["src/CryptoDev/Drivers", "src/CryptoDev.Native/LinuxAlg", "src/CryptoDev.Native/Keyring"];

    // Buffers of a fixed length or words that are never empty.
    private static readonly string[] s_neverEmpty = ["_echo", "_block", "_block.Bytes", "s_zero.Bytes", "bytes", "Encoding.UTF8.GetBytes"];

    [Fact]
    public void Drivers_give_kernels_an_address_for_every_span()
    {
        string root = AbiWitness.FindRepositoryRoot();
        List<string> found = [];
        int starts = 0;
        foreach (
            string file in s_folders.SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
            )
        )
        {
            foreach (Match pinned in Fixed().Matches(File.ReadAllText(file)))
            {
                foreach (Match one in Pinned().Matches(pinned.Groups[1].Value))
                {
                    string what = one.Groups[1].Value.Trim();
                    starts += what.EndsWith(".Start()", StringComparison.Ordinal) ? 1 : 0;
                    if (
                        !what.EndsWith(".Start()", StringComparison.Ordinal)
                        && !s_neverEmpty.Any(word => what.StartsWith(word, StringComparison.Ordinal))
                    )
                    {
                        found.Add($"{Path.GetFileName(file)}: {what}");
                    }
                }
            }
        }

        found.Should().BeEmpty();
        starts.Should().BeGreaterThan(35, "the test finds what it looks for");
    }

    [GeneratedRegex(@"fixed \(\s*byte\*(.*?)\)\s*(?=\{|fixed)", RegexOptions.Singleline)]
    private static partial Regex Fixed();

    [GeneratedRegex(@"\w+ = ([^,]+(?:\([^)]*\))?)(?:,|$)", RegexOptions.Singleline)]
    private static partial Regex Pinned();
}
