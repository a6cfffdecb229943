using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Cli.Streams;
using CryptoDev.Native;

namespace CryptoDev.Cli.Output;

/// <summary>
/// The output of enc. A regular file is written under a temporary name in the same folder and renamed when it is complete, so that a file
/// with the final name is never partial. A device, a FIFO and the standard output are written directly.
/// </summary>
internal sealed class OutputTarget : IDisposable
{
    private readonly string _name;
    private readonly Stream _stream;
    private readonly bool _owned;
    private readonly ReplacedFile? _file;

    private OutputTarget(Stream stream, string name, bool owned, ReplacedFile? file = null)
    {
        _stream = stream;
        _name = name;
        _owned = owned;
        _file = file;
    }

    /// <summary>The number of bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Whether the output was already passed on and cannot be removed when the command fails.</summary>
    public bool IsStream => _file is null;

    public static OutputTarget Open(CliConsole console, string? path, CancellationToken stop)
    {
        if (path is null or "-")
        {
            return new OutputTarget(console.Output, "standard output", owned: false);
        }

        OutputPlace place = OutputPlace.Find(path);
        if (place.IsWrittenDirectly)
        {
            SafeFileDescriptorHandle direct =
                WaitingOpen.Run(path, place.WholeName, LibC.O_WRONLY, stop, out Errno error) ?? throw InputFile.Failed(path, error);
            return new OutputTarget(new DescriptorStream(direct, stop), Quoted.Name(path), owned: true);
        }

        ReplacedFile file = ReplacedFile.Begin(console.Unfinished, place);
        return new OutputTarget(new DescriptorStream(file.Handle, stop), Quoted.Name(path), owned: true, file);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            Written += bytes.Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(error);
        }
    }

    /// <summary>Makes the output final: stored on disk, with its final name.</summary>
    public void Complete()
    {
        try
        {
            _stream.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(error);
        }

        _file?.Complete();
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (_owned)
        {
            _stream.Dispose();
        }
    }

    private CliException Failed(Exception error) => new(ExitCode.InputOutput, $"{_name}: {ErrorText.OfFile(error)}", error);
}
