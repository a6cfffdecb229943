using System.Diagnostics;
using System.Reflection;
using CryptoDev.Tests.Abi;

namespace CryptoDev.Tests.Porting;

/// <summary>
/// Compiles fragments of a page as their reader would: each is a file of one project that refers to the library and to nothing else, with
/// the using directives of a new console project. The compiler is the SDK's.
/// </summary>
public sealed class GuideCompiler : IDisposable
{
    private const string Implicit =
        "global using System;global using System.Collections.Generic;global using System.IO;global using System.Linq;"
        + "global using System.Net.Http;global using System.Threading;global using System.Threading.Tasks;";

    private readonly string _folder = Directory.CreateTempSubdirectory("cryptodev-guide-").FullName;

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

    public Type Type(string name) => Assembly.LoadFile(PathOf("Guide")).GetType(name, throwOnError: true)!;

    public string Compile(string name, IEnumerable<string> sources)
    {
        string implicitUsings = Path.Combine(_folder, "implicit.cs");
        File.WriteAllText(implicitUsings, Implicit);
        string[] files =
        [
            implicitUsings,
            .. sources.Select(
                (text, i) =>
                {
                    string path = Path.Combine(_folder, $"{name}{i}.cs");
                    File.WriteAllText(path, text);
                    return path;
                }
            ),
        ];
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] references =
        [
            .. Directory.GetFiles(framework, "System*.dll"),
            Path.Combine(framework, "mscorlib.dll"),
            Path.Combine(framework, "netstandard.dll"),
            typeof(CryptoDevice).Assembly.Location,
        ];
        string response = Path.Combine(_folder, name + ".rsp");
        File.WriteAllLines(
            response,
            [
                "-nologo",
                "-nostdlib",
                "-target:exe",
                "-unsafe+",
                "-nullable:enable",
                "-warnaserror+",
                $"-out:\"{PathOf(name)}\"",
                .. references.Where(IsManaged).Select(path => $"-r:\"{path}\""),
                .. files.Select(path => $"\"{path}\""),
            ]
        );
        return Run(DotNet, Path.Combine(Sdk, "Roslyn", "bincore", "csc.dll"), "-noconfig", "@" + response);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string DotNet => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary>The SDK that builds this project.</summary>
    private static string Sdk
    {
        get
        {
            string version = Run(DotNet, "--version").Trim();
            string line = Run(DotNet, "--list-sdks").Split('\n').Single(one => one.StartsWith(version + " ", StringComparison.Ordinal));
            return Path.Combine(line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.LastIndexOf(']')], version);
        }
    }

    private static bool IsManaged(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AbiWitness.FindRepositoryRoot(),
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string[] Fragments(string page, string language) =>
        [.. page.Split($"```{language}\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)].TrimEnd('\n'))];

    private string PathOf(string name) => Path.Combine(_folder, name + ".dll");
}
