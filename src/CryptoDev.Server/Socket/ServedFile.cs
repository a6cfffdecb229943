using CryptoDev.Ioctl;

namespace CryptoDev.Server.Socket;

/// <summary>An open file of the emulator, with the descriptors and channels that lead to it. It ends when the last of them ends.</summary>
internal sealed class ServedFile
{
    private readonly Lock _gate = new();
    private readonly List<SocketChannel> _channels = [];
    private readonly int _mostChannels;
    private readonly UserCounts _users;
    private int _descriptors;
    private Readiness? _readiness;
    private bool _disposed;

    public ServedFile(EmulatedFile file, uint owner, int mostChannels, UserCounts users)
    {
        File = file;
        Owner = owner;
        _mostChannels = mostChannels;
        _users = users;
    }

    public EmulatedFile File { get; }

    /// <summary>The user for whom it is counted.</summary>
    public uint Owner { get; }

    /// <summary>Counts one more descriptor that programs hold.</summary>
    public void AddDescriptor()
    {
        lock (_gate)
        {
            _descriptors++;
        }
    }

    /// <summary>
    /// Handles the close of the last copy of a descriptor. Running calls finish, as in a kernel. True: it was the last descriptor of the
    /// file.
    /// </summary>
    public bool RemoveDescriptor()
    {
        SocketChannel[] channels;
        lock (_gate)
        {
            if (--_descriptors > 0)
            {
                return false;
            }

            channels = [.. _channels];
        }

        foreach (SocketChannel channel in channels)
        {
            channel.TakeNoMore();
        }

        DisposeWhenUnused();
        return true;
    }

    /// <summary>Adds a channel. False: the limit is reached, or the file has no descriptor any more.</summary>
    public bool TryAdd(SocketChannel channel)
    {
        lock (_gate)
        {
            if (_channels.Count >= _mostChannels || _descriptors == 0)
            {
                return false;
            }

            _channels.Add(channel);
            return true;
        }
    }

    public void Remove(SocketChannel channel)
    {
        lock (_gate)
        {
            _channels.Remove(channel);
        }

        DisposeWhenUnused();
    }

    /// <summary>Returns null when no descriptors are free.</summary>
    public Readiness? GetReadiness()
    {
        lock (_gate)
        {
            if (_readiness is null && _users.TryTake(Owner, UserResource.Descriptors, Readiness.Descriptors))
            {
                _readiness = Readiness.Create(File);
                if (_readiness is null)
                {
                    _users.GiveBack(Owner, UserResource.Descriptors, Readiness.Descriptors);
                }
            }

            return _readiness;
        }
    }

    /// <summary>
    /// Updates the poll descriptors. Must run before the client is told that its ioctl is done, so that a poll after the ioctl is right.
    /// </summary>
    public void UpdateReadiness() => Volatile.Read(ref _readiness)?.Update();

    private void DisposeWhenUnused()
    {
        lock (_gate)
        {
            if (_descriptors > 0 || _channels.Count > 0 || _disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (_readiness is { } readiness)
        {
            readiness.Dispose();
            _users.GiveBack(Owner, UserResource.Descriptors, Readiness.Descriptors);
        }

        File.Dispose();
    }
}
