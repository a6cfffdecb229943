using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>One open file of the device: the emulator's file, and the kernel's handle of the poll that waits for it.</summary>
internal sealed class OpenFile : IDisposable
{
    private readonly CuseChannel _channel;
    private readonly CuseCounters _counters;
    private readonly Lock _gate = new();
    private ulong _kernelHandle;
    private bool _armed;
    private bool _closed;

    public OpenFile(EmulatedFile file, CuseChannel channel, CuseCounters counters)
    {
        File = file;
        _channel = channel;
        _counters = counters;
        file.PollChanged += Notify;
    }

    public EmulatedFile File { get; }

    /// <summary>Returns the events that are ready. If wanted, the kernel is notified when they change.</summary>
    public short Poll(ulong kernelHandle, bool notify)
    {
        if (notify)
        {
            // Store the handle before reading the events, so that a change in between is not missed.
            lock (_gate)
            {
                _kernelHandle = kernelHandle;
                _armed = true;
            }
        }

        return File.Poll();
    }

    /// <summary>After this, the channel is not used any more.</summary>
    public void Dispose()
    {
        File.PollChanged -= Notify;
        lock (_gate)
        {
            _closed = true;
        }

        File.Dispose();
    }

    private void Notify()
    {
        lock (_gate)
        {
            if (!_armed || _closed)
            {
                return;
            }

            _armed = false;
            // An error means only that nobody waits any more.
            _ = _channel.NotifyPoll(_kernelHandle);
        }

        Interlocked.Increment(ref _counters.PollWakeups);
    }
}
