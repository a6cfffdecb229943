using System.Reflection;
using CryptoDev.Tests.Abi;
using CryptoDev.Tests.Support;

namespace CryptoDev.Tests.Porting;

/// <summary>The fragments of docs/porting.md, compiled as their reader would.</summary>
public sealed class GuideCompiler : IDisposable
{
    private readonly SnippetCompiler _compiler = new();

    public GuideCompiler()
    {
        string page = File.ReadAllText(Path.Combine(AbiWitness.FindRepositoryRoot(), "docs", "porting.md"));
        C = Fragments(page, "c");
        CSharp = Fragments(page, "csharp");
        Output = Compile("Guide", CSharp);
    }

    public IReadOnlyList<string> C { get; }

    public IReadOnlyList<string> CSharp { get; }

    /// <summary>What the compiler said of the page's C#: nothing.</summary>
    public string Output { get; }

    /// <summary>A public method of a public type of the page.</summary>
    public T Method<T>(string type, string name)
        where T : Delegate => Type(type).GetMethod(name)!.CreateDelegate<T>();

    public Type Type(string name) => Assembly.LoadFile(_compiler.PathOf("Guide")).GetType(name, throwOnError: true)!;

    public string Compile(string name, IEnumerable<string> sources) => _compiler.Compile(name, sources, "-warnaserror+");

    public void Dispose() => _compiler.Dispose();

    private static string[] Fragments(string page, string language) =>
        [.. page.Split($"```{language}\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)].TrimEnd('\n'))];
}
