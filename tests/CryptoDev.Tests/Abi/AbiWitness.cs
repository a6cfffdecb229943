using System.Diagnostics;
using System.Globalization;

namespace CryptoDev.Tests.Abi;

/// <summary>Builds the C witness with CMake once per run and holds what it printed.</summary>
public sealed class AbiWitness
{
    public AbiWitness()
    {
        string root = FindRepositoryRoot();
        string build = Path.Combine(Path.GetTempPath(), $"cryptodev-abi-{Environment.ProcessId}");
        try
        {
            Run("cmake", "-S", root, "-B", build);
            Run("cmake", "--build", build, "--target", "abi-witness");
            foreach (string line in Run(Path.Combine(build, "native", "abi-witness", "abi-witness")).Split('\n'))
            {
                Add(line.Split(' '));
            }
        }
        finally
        {
            if (Directory.Exists(build))
            {
                Directory.Delete(build, recursive: true);
            }
        }
    }

    /// <summary>Sizes by struct name.</summary>
    public Dictionary<string, int> Structs { get; } = [];

    /// <summary>Offset and size by "struct.field".</summary>
    public Dictionary<string, (int Offset, int Size)> Fields { get; } = [];

    /// <summary>Values by name.</summary>
    public Dictionary<string, long> Constants { get; } = [];

    /// <summary>Numbers by name.</summary>
    public Dictionary<string, int> Syscalls { get; } = [];

    public static string FindRepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CryptoDev.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No CryptoDev.sln above {AppContext.BaseDirectory}.");
    }

    private void Add(string[] words)
    {
        switch (words)
        {
            case ["struct", string name, string size]:
                Structs.Add(name, Number(size));
                break;
            case ["field", string name, string offset, string size]:
                Fields.Add(name, (Number(offset), Number(size)));
                break;
            case ["const", string name, string value]:
                Constants.Add(name, long.Parse(value, CultureInfo.InvariantCulture));
                break;
            case ["syscall", string name, string number]:
                Syscalls.Add(name, Number(number));
                break;
            case [""]:
                break;
            default:
                throw new InvalidDataException($"The witness printed a line of unknown form: {string.Join(' ', words)}");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{output}{error.Result}");
    }
}
