using CryptoDev.Native;

namespace CryptoDev.Cli.Output;

/// <summary>The files that stand under a temporary name now. Any thread may remove them all, when the process must end at once.</summary>
internal sealed class UnfinishedFiles
{
    private readonly Lock _gate = new();
    private readonly List<(SafeFileDescriptorHandle Folder, byte[] Name)> _files = [];
    private bool _isOver;

    /// <summary>Notes a name before the file is made, so that there is no moment in which a file has it and is not known.</summary>
    public void Add(SafeFileDescriptorHandle folder, byte[] name)
    {
        lock (_gate)
        {
            // The process is ending: nothing new may come into the world.
            ObjectDisposedException.ThrowIf(_isOver, this);
            _files.Add((folder, name));
        }
    }

    /// <summary>Forgets a name: the file has its own now, or was removed.</summary>
    public void Forget(byte[] name)
    {
        lock (_gate)
        {
            _files.RemoveAll(file => file.Name == name);
        }
    }

    /// <summary>Removes them, at the end of the process.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach ((SafeFileDescriptorHandle folder, byte[] name) in _files)
            {
                _ = ByteFile.Remove(folder, name);
            }

            _files.Clear();
        }
    }
}
