using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Style;

/// <summary>
/// Lines end by column 140, in every language of the project. The analyzer of the build sees C# code and strings; this sees comments too.
/// </summary>
public sealed class LineLengthTests
{
    private const int Columns = 140;

    private static readonly string[] s_folders = ["src", "tests", "benchmarks", "native"];
    private static readonly string[] s_endings = [".cs", ".c", ".h", ".sh", ".py"];
    private static readonly string[] s_scripts = ["test.sh", ".ci/run", "tests/lab/lab"];
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar];

    /// <summary>A tab moves on by four columns, as .editorconfig says.</summary>
    private static int ColumnsOf(string line) => line.Length + (3 * line.Count(character => character == '\t'));

    [Fact]
    public void Every_line_ends_by_column_140()
    {
        string root = AbiWitness.FindRepositoryRoot();
        string[] files =
        [
            .. s_folders
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories))
                .Where(file => s_endings.Contains(Path.GetExtension(file)) && !IsMade(Path.GetRelativePath(root, file)))
                .Concat(s_scripts.Select(script => Path.Combine(root, script))),
        ];
        files.Count(file => file.EndsWith(".cs", StringComparison.Ordinal)).Should().BeGreaterThan(500);
        files.Count(file => !file.EndsWith(".cs", StringComparison.Ordinal)).Should().BeGreaterThan(35);
        files
            .SelectMany(file =>
                File.ReadLines(file)
                    .Select((line, index) => (Length: ColumnsOf(line), Place: $"{Path.GetRelativePath(root, file)}:{index + 1}"))
                    .Where(line => line.Length > Columns)
            )
            .Select(line => line.Place)
            .Should()
            .BeEmpty();
    }

    private static bool IsMade(string path) => path.Split(s_separators).Any(part => part is "bin" or "obj" or "artifacts");
}
