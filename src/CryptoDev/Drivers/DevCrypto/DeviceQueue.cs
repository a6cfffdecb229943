using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The requests in flight in the kernel on one open device. A separate thread collects the results and exists only while requests are in
/// flight. So submitting never waits, and no worker thread blocks in an ioctl.
/// </summary>
/// <param name="caller">The device.</param>
/// <param name="startThread">Starts a thread. Throws where the system has none to give.</param>
internal sealed class DeviceQueue(DeviceCaller caller, Action<Thread> startThread)
{
    /// <summary>How often the collector checks that the device is still there when no result arrives.</summary>
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
    /// Whether the device accepts such requests, as far as is known. cryptodev-linux accepts them only when it is built with ENABLE_ASYNC.
    /// </summary>
    public bool IsOffered => !_refused && !caller.IsLost;

    /// <summary>Passes a request to the kernel. False where the kernel's queue is full, or where it accepts no such requests.</summary>
    public bool TryStart(PendingRequest request)
    {
        // One call at a time: on Linux the results come in the order of the calls, and nothing else identifies them.
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
                // When the device has accepted a request before, EINVAL concerns only this request: its session may be gone.
                _refused |= !_taken && result is -LibC.EINVAL or -LibC.ENOSYS or -LibC.ENOTTY;
                return false;
            }

            _taken = true;
            _inFlight.AddLast(request);
            return true;
        }
    }

    /// <summary>
    /// Passes several key operations to the kernel by one call. Those that the kernel does not accept end at once. False where the call
    /// itself failed.
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
    /// Starts the collector before the kernel gets a request. Otherwise an accepted request would never be fetched: it would hold its
    /// memory and block its caller for ever. False where the system can start no thread. The work is then done by a blocking call.
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
        // The thread that started this one holds the lock until the kernel has accepted or refused the request.
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

    /// <summary>False when nothing is left in flight. The thread then ends, and the next request starts another.</summary>
    private bool IsAnythingInFlight()
    {
        lock (_lock)
        {
            _isCollecting = _inFlight.Count > 0;
            return _isCollecting;
        }
    }

    /// <summary>Passes a result to its request.</summary>
    private void Settle(bool answered, int result, nint cookie, int status)
    {
        lock (_lock)
        {
            if (result < 0 && result != -LibC.EBUSY)
            {
                // No more results will come for these requests.
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
