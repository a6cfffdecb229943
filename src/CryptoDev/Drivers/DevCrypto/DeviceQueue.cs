using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The requests that are inside the kernel of one open device. A thread of its own collects the results, and exists only while there are
/// any: who submits waits for nothing, and no worker sits in an ioctl.
/// </summary>
/// <param name="caller">The device.</param>
/// <param name="startThread">Starts a thread; throws where the system gives none.</param>
internal sealed class DeviceQueue(DeviceCaller caller, Action<Thread> startThread)
{
    /// <summary>How often the collector looks whether the device is still there when nothing comes.</summary>
    private const int PollMilliseconds = 1000;

    private readonly Lock _lock = new();
    private readonly LinkedList<IInFlight> _inFlight = [];
    private nint _lastCookie;
    private bool _taken;
    private bool _isCollecting;
    private volatile bool _refused;

    public DeviceQueue(DeviceCaller caller)
        : this(caller, static thread => thread.Start()) { }

    /// <summary>
    /// Whether the device takes such requests, as far as is known: cryptodev-linux does only when built with ENABLE_ASYNC.
    /// </summary>
    public bool IsOffered => !_refused && !caller.IsLost;

    /// <summary>Hands a request to the kernel; false where it has no room for it now, or takes none at all.</summary>
    public bool TryStart(PendingRequest request)
    {
        // One after the other: on Linux results come in the order of the calls, and nothing else tells whose they are.
        lock (_lock)
        {
            if (!TryCollect())
            {
                return false;
            }

            request.Cookie = ++_lastCookie;
            int result = caller.Start(request.Describe());
            if (result < 0)
            {
                // From a device that has taken one already, EINVAL is about this request: its session may be gone.
                _refused |= !_taken && result is -LibC.EINVAL or -LibC.ENOSYS or -LibC.ENOTTY;
                return false;
            }

            _taken = true;
            _inFlight.AddLast(request);
            return true;
        }
    }

    /// <summary>
    /// Hands several key operations to the kernel by one call; those it does not take end at once. False where the call itself failed.
    /// </summary>
    public bool TryStart(IReadOnlyList<PendingKey> keys)
    {
        lock (_lock)
        {
            if (!TryCollect())
            {
                return false;
            }

            foreach (PendingKey key in keys)
            {
                key.Cookie = ++_lastCookie;
            }

            int[] statuses = new int[keys.Count];
            if (caller.StartKeys([.. keys.Select(key => key.Call)], statuses) < 0)
            {
                return false;
            }

            for (int i = 0; i < statuses.Length; i++)
            {
                if (statuses[i] == 0)
                {
                    _inFlight.AddLast(keys[i]);
                }
                else
                {
                    keys[i].End(statuses[i]);
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Sees to it that somebody collects, before the kernel is given anything: what it takes and nobody fetches would hold its memory, and
    /// whoever waits for it, for ever. False where the system gives no thread; the work is then done by a call that waits.
    /// </summary>
    private bool TryCollect()
    {
        if (_isCollecting)
        {
            return true;
        }

        try
        {
            startThread(new Thread(Collect) { IsBackground = true, Name = "CryptoDev results" });
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }

        _isCollecting = true;
        return true;
    }

    private void Collect()
    {
        // Whoever started this thread has the lock until the kernel has taken something, or refused.
        while (IsAnythingInFlight())
        {
            int ready = caller.Channel.Poll(LibC.POLLIN, PollMilliseconds);
            int result = ready < 0 || (ready & (LibC.POLLERR | LibC.POLLHUP | LibC.POLLNVAL)) != 0 ? -LibC.ENOTCONN : 0;
            nint cookie = 0;
            int status = 0;
            if (ready > 0 && result == 0)
            {
                result = caller.Fetch(out cookie, out status);
            }

            Settle(ready != 0, result, cookie, status);
        }
    }

    /// <summary>False when none is left in flight, and the thread's work is done: the next one starts another.</summary>
    private bool IsAnythingInFlight()
    {
        lock (_lock)
        {
            _isCollecting = _inFlight.Count > 0;
            return _isCollecting;
        }
    }

    /// <summary>Gives a result to its request.</summary>
    private void Settle(bool answered, int result, nint cookie, int status)
    {
        lock (_lock)
        {
            if (result < 0 && result != -LibC.EBUSY)
            {
                // Nobody will answer these any more.
                foreach (IInFlight lost in _inFlight)
                {
                    lost.End(-result);
                }

                _inFlight.Clear();
            }
            else if (answered && result == 0)
            {
                LinkedListNode<IInFlight>? node = _inFlight.First;
                while (cookie != -1 && node is not null && node.Value.Cookie != cookie)
                {
                    node = node.Next;
                }

                if (node is not null)
                {
                    _inFlight.Remove(node);
                    node.Value.End(status);
                }
            }
        }
    }
}
