using CryptoDev.Ioctl;

namespace CryptoDev.Server.Socket;

/// <summary>An open file of the emulator with the descriptors and channels that lead to it. It ends with the last of both.</summary>
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

    /// <summary>The user whom it counts for.</summary>
    public uint Owner { get; }

    /// <summary>One more descriptor that programs hold.</summary>
    public void AddDescriptor()
    {
        lock (_gate)
        {
            _descriptors++;
        }
    }

    /// <summary>
    /// The last copy of a descriptor was closed. Calls under way are finished, as in a kernel. True: it was the last one of all.
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

    /// <summary>False where there are as many as there may be.</summary>
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

    /// <summary>Null when no descriptors are free.</summary>
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

    /// <summary>What a client polls is right before it hears that its ioctl is done.</summary>
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
