using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Style;

/// <summary>Lines end by column 140. The analyzer of the build sees code and strings; this sees comments too.</summary>
public sealed class LineLengthTests
{
    private const int Columns = 140;

    private static readonly string[] s_folders = ["src", "tests", "benchmarks", "native"];
    private static readonly string[] s_endings = [".cs"];
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar];

    [Fact]
    public void Every_line_ends_by_column_140()
    {
        string root = AbiWitness.FindRepositoryRoot();
        string[] files =
        [
            .. s_folders
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
                .Where(file => s_endings.Contains(Path.GetExtension(file)) && !IsMade(Path.GetRelativePath(root, file))),
        ];
        files.Length.Should().BeGreaterThan(500);
        files
            .SelectMany(file =>
                File.ReadLines(file)
                    .Select((line, index) => (Length: line.Length, Place: $"{Path.GetRelativePath(root, file)}:{index + 1}"))
                    .Where(line => line.Length > Columns)
            )
            .Select(line => line.Place)
            .Should()
            .BeEmpty();
    }

    private static bool IsMade(string path) => path.Split(s_separators).Any(part => part is "bin" or "obj" or "artifacts");
}
