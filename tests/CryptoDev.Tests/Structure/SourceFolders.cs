using System.Text.RegularExpressions;
using CryptoDev.Tests.Abi;

namespace CryptoDev.Tests.Structure;

/// <summary>
/// The folder of every type below src. A namespace does not tell it: CryptoDev.Ioctl is declared in two folders, and the public types of
/// the library's root and of its drivers share one namespace.
/// </summary>
internal static partial class SourceFolders
{
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar];

    /// <summary>
    /// Folder by full name, for example <c>CryptoDev/Drivers/AfAlg</c>. Names of generic types end in the count of arguments.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ByType { get; } = Read();

    /// <summary>The sources of a folder and of those below it, with their text.</summary>
    public static IEnumerable<(string Folder, string Path, string Text)> Files()
    {
        string root = Path.Combine(AbiWitness.FindRepositoryRoot(), "src");
        foreach (string path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(root, path);
            if (!name.Split(s_separators).Any(part => part is "bin" or "obj"))
            {
                yield return (Path.GetDirectoryName(name)!.Replace('\\', '/'), name, File.ReadAllText(path));
            }
        }
    }

    private static Dictionary<string, string> Read()
    {
        Dictionary<string, string> folders = [];
        foreach ((string folder, string path, string text) in Files())
        {
            string space = NamespaceLine().Match(text).Groups[1].Value;
            foreach (Match match in TypeLine().Matches(text))
            {
                int arguments = match.Groups[2].Value.Length == 0 ? 0 : match.Groups[2].Value.Count(letter => letter == ',') + 1;
                string name = match.Groups[1].Value + (arguments == 0 ? string.Empty : $"`{arguments}");
                string full = space.Length == 0 ? name : $"{space}.{name}";
                if (!folders.TryAdd(full, folder) && folders[full] != folder)
                {
                    throw new InvalidOperationException($"{path}: {full} is declared in {folders[full]} too; a type lives in one folder.");
                }
            }
        }

        return folders;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // Types of a file stand at its left edge, because namespaces are file-scoped; nested types belong to the type around them.
    [GeneratedRegex(
        @"^(?:public |internal |file |static |sealed |abstract |readonly |ref |partial |unsafe )*"
            + @"(?:class|struct|interface|enum|record struct|record class|record|delegate [\w<>.?\[\]]+) (\w+)(<[^<>]*>)?(?=[\s(;:]|$)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeLine();
}
