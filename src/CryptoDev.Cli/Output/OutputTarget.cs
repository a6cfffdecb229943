namespace CryptoDev.Cli.Output;

/// <summary>
/// The output of enc. A regular file is written under a temporary name in the same folder and renamed when it is complete, so that a file
/// with the final name is never partial. A device, a FIFO and the standard output are written directly.
/// </summary>
internal sealed class OutputTarget : IDisposable
{
    private readonly string _name;
    private readonly string? _temporary;
    private readonly string? _final;
    private readonly bool _owned;
    private readonly Stream _stream;
    private bool _complete;

    private OutputTarget(Stream stream, string name, bool owned, string? temporary = null, string? final = null)
    {
        _stream = stream;
        _name = name;
        _owned = owned;
        _temporary = temporary;
        _final = final;
    }

    /// <summary>The number of bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Whether the output was already passed on and cannot be removed when the command fails.</summary>
    public bool IsStream => _temporary is null;

    public static OutputTarget Open(CliConsole console, string? path)
    {
        if (path is null or "-")
        {
            return new OutputTarget(console.Output, "standard output", owned: false);
        }

        try
        {
            return OpenFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.InputOutput, $"{(path.Length == 0 ? "''" : path)}: {ErrorText.OfFile(error)}", error);
        }
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
            if (_temporary is null)
            {
                _stream.Flush();
            }
            else
            {
                // Flush to disk before the rename. Otherwise some file systems may keep the new name and lose the content after a crash. A
                // full disk may also be noticed only here.
                ((FileStream)_stream).Flush(flushToDisk: true);
                _stream.Dispose();
                File.Move(_temporary, _final!, overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(error);
        }

        _complete = true;
    }

    public void Dispose()
    {
        if (_owned)
        {
            _stream.Dispose();
        }

        if (_temporary is not null && !_complete)
        {
            File.Delete(_temporary);
        }
    }

    private static OutputTarget OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CliException(ExitCode.InputOutput, $"{path}: Is a directory");
        }

        // Follow a symbolic link to its target. Renaming over the link would replace the link.
        string final = Path.GetFullPath(
            new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName
        );
        UnixFileMode? mode = null;
        if (File.Exists(final))
        {
            FileStream existing = new(
                final,
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Write,
                    Share = FileShare.ReadWrite,
                    BufferSize = 0,
                }
            );
            if (!IsRegular(existing))
            {
                return new OutputTarget(existing, path, owned: true);
            }

            mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(existing.SafeFileHandle);
            existing.Dispose();
        }

        string temporary = Path.Combine(Path.GetDirectoryName(final)!, $".cryptodev-{Guid.NewGuid():N}.tmp");
        FileStream stream = new(
            temporary,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = 0,
            }
        );
        if (mode is { } kept && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, kept);
        }

        return new OutputTarget(stream, path, owned: true, temporary, final);
    }

    /// <summary>
    /// Only a regular file has a length that can be set. The test sets the length of an empty file to the same length, which changes
    /// nothing.
    /// </summary>
    private static bool IsRegular(FileStream file)
    {
        try
        {
            if (!file.CanSeek)
            {
                return false;
            }

            if (file.Length == 0)
            {
                file.SetLength(0);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or NotSupportedException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private CliException Failed(Exception error) => new(ExitCode.InputOutput, $"{_name}: {ErrorText.OfFile(error)}", error);
}
