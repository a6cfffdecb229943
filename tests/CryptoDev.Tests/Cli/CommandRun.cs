using System.Diagnostics;
using System.Text;
using CryptoDev.Cli;

namespace CryptoDev.Tests.Cli;

/// <summary>What one run of the command left: exit code, bytes on stdout, text on stderr.</summary>
public sealed record CommandRun(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Runs the command in this process, nothing on stdin unless given.</summary>
    public static CommandRun Of(params string[] arguments) => With([], arguments);

    public static CommandRun With(byte[] input, params string[] arguments) =>
        With(new MemoryStream(input), CancellationToken.None, arguments);

    public static CommandRun With(Stream input, CancellationToken stop, params string[] arguments)
    {
        using MemoryStream output = new();
        using MemoryStream error = new();
        int exitCode;
        using (CliConsole console = new(input, output, error))
        {
            exitCode = new CliApplication(console).Run(arguments, stop);
        }

        return new CommandRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Runs another program, to compare with.</summary>
    public static CommandRun Foreign(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using Process process = Process.Start(start)!;
        using MemoryStream output = new();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output.ToArray(), error.Result);
    }
}

/// <summary>A folder for one test's files.</summary>
public abstract class FolderTests : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("cryptodev-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string FileOf(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    protected string FileOf(string name, string content) => FileOf(name, Encoding.UTF8.GetBytes(content));

    protected string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The names in the folder, hidden ones too.</summary>
    protected string[] Names() => [.. Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)!).Order()];

    /// <summary>Bytes that depend on the length alone.</summary>
    protected static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
