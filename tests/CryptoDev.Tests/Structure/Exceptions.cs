using CryptoDev.Tests.Abi;
using FluentAssertions;

namespace CryptoDev.Tests.Structure;

/// <summary>
/// Who may break a rule: a file with a line for each, <c>what: why</c>, and <c>#</c> before a remark. A line that is not needed is a
/// failure as a missing one is, so the list can only shrink with what it names.
/// </summary>
internal static class Exceptions
{
    public static void Compare(string file, IEnumerable<string> broken)
    {
        string[] lines =
        [
            .. File.ReadAllLines(Path.Combine(AbiWitness.FindRepositoryRoot(), "tests", "CryptoDev.Tests", "Structure", file))
                .Where(line => line.Length != 0 && !line.StartsWith('#')),
        ];
        lines.Where(line => !line.Contains(": ")).Should().BeEmpty("an exception says why");
        string[] allowed = [.. lines.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)])];
        string[] found = [.. broken.Distinct().Order(StringComparer.Ordinal)];
        string.Join('\n', found.Except(allowed)).Should().BeEmpty($"only {file} makes exceptions");
        string.Join('\n', allowed.Except(found)).Should().BeEmpty($"{file} makes no exception that is not needed");
    }
}
