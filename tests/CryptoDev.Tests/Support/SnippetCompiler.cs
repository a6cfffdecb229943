using System.Diagnostics;
using System.Reflection;
using CryptoDev.Tests.Abi;

namespace CryptoDev.Tests.Support;

/// <summary>
/// Compiles sources as a user of the library would: one project that refers to the library and to nothing else, with the using directives
/// of a new console project. The compiler is the SDK's.
/// </summary>
public sealed class SnippetCompiler : IDisposable
{
    private const string Implicit =
        "global using System;global using System.Collections.Generic;global using System.IO;global using System.Linq;"
        + "global using System.Net.Http;global using System.Threading;global using System.Threading.Tasks;";

    private readonly string _folder = Directory.CreateTempSubdirectory("cryptodev-snippets-").FullName;

    /// <summary>Compiles each source as a file of its own, NAME0.cs and so on. Returns what the compiler said.</summary>
    public string Compile(string name, IEnumerable<string> sources, params IEnumerable<string> options)
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
                .. options,
                $"-out:\"{PathOf(name)}\"",
                .. references.Where(IsManaged).Select(path => $"-r:\"{path}\""),
                .. files.Select(path => $"\"{path}\""),
            ]
        );
        return Run(DotNet, Path.Combine(Sdk, "Roslyn", "bincore", "csc.dll"), "-noconfig", "@" + response);
    }

    /// <summary>The assembly that <see cref="Compile"/> made.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name + ".dll");

    /// <summary>Runs a command of the SDK. Returns what it printed.</summary>
    public static string DotNetCommand(params string[] arguments) => Run(DotNet, arguments);

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
}
