using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>Hands the requests that the kernel sends again to the workers that asked for them.</summary>
internal sealed class RetryExchange
{
    // Between the answer and the next request the kernel only handles the caller's page faults. The limit counts checks, not seconds: when
    // the whole machine is suspended, the caller is too.
    private const int Patience = 20;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly Dictionary<CallerKey, CuseCaller> _callers = [];
    private bool _closed;

    /// <summary>Starts the rounds of one ioctl. False: the device ends, or callers that cannot be told apart take too long.</summary>
    public bool Enter(CuseCaller caller)
    {
        lock (_gate)
        {
            Looks looks = new();
            while (!_closed && _callers.TryGetValue(caller.Key, out CuseCaller? other))
            {
                if (caller.Key.Thread != 0)
                {
                    // The same thread makes a new ioctl. So its last ioctl ended with EFAULT and without our answer.
                    Lose(other);
                    break;
                }

                // Two callers have the same key, or the last ioctl of this caller ended with EFAULT. They must run one after the other.
                if (looks.Count > Patience * 2)
                {
                    return false;
                }

                Monitor.Wait(_gate, s_look);
                looks.Take();
            }

            if (!_closed)
            {
                _callers[caller.Key] = caller;
            }

            return !_closed;
        }
    }

    /// <summary>Ends the rounds of one ioctl.</summary>
    public void Leave(CuseCaller caller)
    {
        lock (_gate)
        {
            Remove(caller);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Records what the caller's next request must carry. Call it before sending the answer that asks for that request.</summary>
    public void Expect(CuseCaller caller, int inputLength, int outputLength)
    {
        lock (_gate)
        {
            caller.Arrival.Expect(inputLength, outputLength);
        }
    }

    /// <summary>Waits for the request. False: it will not arrive.</summary>
    public bool Await(CuseCaller caller)
    {
        lock (_gate)
        {
            Looks looks = new();
            while (caller.Arrival.State == RetryState.Awaited)
            {
                Monitor.Wait(_gate, s_look);
                if (caller.Arrival.State != RetryState.Awaited || !(looks.Take() || _closed))
                {
                    continue;
                }

                bool gone = caller.Key.Thread != 0 && !Directory.Exists($"/proc/{caller.Key.Thread}");
                if (_closed || gone || looks.Count > Patience)
                {
                    Lose(caller);
                }
            }

            return caller.Arrival.State == RetryState.Arrived;
        }
    }

    /// <summary>
    /// Hands over a request that the kernel sent again. False: no worker asked for it, or its sizes are wrong. On success
    /// <paramref name="buffer"/> is a different buffer.
    /// </summary>
    public bool TryDeliver(in fuse_in_header header, in fuse_ioctl_in ioctl, ref byte[] buffer)
    {
        lock (_gate)
        {
            if (!_callers.TryGetValue(CallerKey.Of(header, ioctl), out CuseCaller? receiver) || !receiver.Arrival.Fits(ioctl))
            {
                return false;
            }

            receiver.Interrupts.Move(header.unique);
            receiver.Arrival.Arrive(header.unique, ref buffer);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Ends all waiting.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (CuseCaller caller in _callers.Values.ToArray())
            {
                Lose(caller);
            }
        }
    }

    private void Lose(CuseCaller caller)
    {
        if (caller.Arrival.State == RetryState.Awaited)
        {
            caller.Arrival.Lose();
        }

        Remove(caller);
        Monitor.PulseAll(_gate);
    }

    private void Remove(CuseCaller caller)
    {
        if (_callers.TryGetValue(caller.Key, out CuseCaller? present) && present == caller)
        {
            _callers.Remove(caller.Key);
        }
    }

    /// <summary>Counts the checks of a waiting worker, at most one per interval: wake-ups for other workers wake it too.</summary>
    private struct Looks()
    {
        private long _last = Environment.TickCount64;

        public int Count { get; private set; }

        public bool Take()
        {
            long now = Environment.TickCount64;
            if (now - _last < s_look.TotalMilliseconds)
            {
                return false;
            }

            _last = now;
            Count++;
            return true;
        }
    }
}
