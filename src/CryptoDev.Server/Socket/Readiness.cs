using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// Two descriptors for clients to poll, so that they need not ask the server. One is readable while an open file has a result to fetch. The
/// other is readable while the file can take a request.
/// </summary>
internal sealed class Readiness : IDisposable
{
    /// <summary>The number of descriptors needed.</summary>
    public const int Descriptors = 2;

    private readonly EmulatedFile _file;
    private readonly EventDescriptor _in;
    private readonly EventDescriptor _out;
    private readonly Lock _gate = new();
    private bool _hasIn;
    private bool _hasOut;
    private bool _disposed;

    private Readiness(EmulatedFile file, EventDescriptor input, EventDescriptor output)
    {
        _file = file;
        _in = input;
        _out = output;
        _file.PollChanged += Update;
        Update();
    }

    public int In => _in.Descriptor;

    public int Out => _out.Descriptor;

    /// <summary>Returns null when no descriptors are free.</summary>
    public static Readiness? Create(EmulatedFile file)
    {
        EventDescriptor? input = EventDescriptor.Create();
        EventDescriptor? output = input is null ? null : EventDescriptor.Create();
        if (output is null)
        {
            input?.Dispose();
            return null;
        }

        return new Readiness(file, input!, output);
    }

    /// <summary>Updates both descriptors. Callable from any thread.</summary>
    public void Update()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            short events = _file.Poll();
            Set(_in, ref _hasIn, (events & LibC.POLLIN) != 0);
            Set(_out, ref _hasOut, (events & LibC.POLLOUT) != 0);
        }
    }

    public void Dispose()
    {
        _file.PollChanged -= Update;
        lock (_gate)
        {
            _disposed = true;
            _in.Dispose();
            _out.Dispose();
        }
    }

    private static void Set(EventDescriptor descriptor, ref bool has, bool now)
    {
        if (has == now)
        {
            return;
        }

        has = now;
        if (now)
        {
            descriptor.Raise();
        }
        else
        {
            descriptor.Lower();
        }
    }
}
