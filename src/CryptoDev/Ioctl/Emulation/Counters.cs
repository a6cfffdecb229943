using System.Collections.Concurrent;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>Counters of a device since its start.</summary>
internal sealed class Counters(IReadOnlyList<IoctlInfo> ioctls)
{
    private readonly ConcurrentDictionary<string, long> _drivers = new();

    // The last one counts requests that the dialect does not have.
    private readonly long[] _calls = new long[ioctls.Count + 1];
    private long _opens;
    private long _sessions;
    private long _bytes;
    private long _errors;
    private long _requests;
    private long _requestErrors;
    private long _keyRequests;
    private long _keyRequestErrors;

    public void CountOpen() => Interlocked.Increment(ref _opens);

    public void CountSession(string driver)
    {
        Interlocked.Increment(ref _sessions);
        CountDriver(driver);
    }

    public void CountDriver(string driver) => _drivers.AddOrUpdate(driver, 1, static (_, count) => count + 1);

    /// <summary>Counts an operation of a session that an ioctl has waited for.</summary>
    public void CountRequest(int error) => Count(ref _requests, ref _requestErrors, error);

    /// <summary>Counts a key operation.</summary>
    public void CountKeyRequest(int error) => Count(ref _keyRequests, ref _keyRequestErrors, error);

    /// <summary>
    /// FreeBSD's cryptostats: operations of sessions and their errors, key operations and theirs. What its threads and queues count is not
    /// there and stays 0.
    /// </summary>
    public void ReadRequests(Span<long> counters)
    {
        counters.Clear();
        counters[0] = Interlocked.Read(ref _requests);
        counters[1] = Interlocked.Read(ref _requestErrors);
        counters[2] = Interlocked.Read(ref _keyRequests);
        counters[3] = Interlocked.Read(ref _keyRequestErrors);
    }

    /// <summary>Sets the counters that <see cref="ReadRequests"/> gives.</summary>
    public void WriteRequests(ReadOnlySpan<long> counters)
    {
        Interlocked.Exchange(ref _requests, counters[0]);
        Interlocked.Exchange(ref _requestErrors, counters[1]);
        Interlocked.Exchange(ref _keyRequests, counters[2]);
        Interlocked.Exchange(ref _keyRequestErrors, counters[3]);
    }

    public void Count(IoctlEntry? entry, int error, long bytes)
    {
        Interlocked.Increment(ref _calls[entry?.Index ?? ioctls.Count]);
        if (error != 0)
        {
            Interlocked.Increment(ref _errors);
        }

        Interlocked.Add(ref _bytes, bytes);
    }

    public EmulatorStatistics Snapshot(EmulatedKernel kernel)
    {
        Dictionary<string, long> calls = [];
        for (int i = 0; i < _calls.Length; i++)
        {
            if (Interlocked.Read(ref _calls[i]) is not 0 and long count)
            {
                calls.Add(i < ioctls.Count ? ioctls[i].Name : "unknown", count);
            }
        }

        return new EmulatorStatistics
        {
            OpenFiles = kernel.Files.Taken,
            Opens = Interlocked.Read(ref _opens),
            OpenSessions = kernel.Sessions.Taken,
            Sessions = Interlocked.Read(ref _sessions),
            RequestsInFlight = kernel.Requests.Taken,
            BytesInFlight = kernel.Bytes.Taken,
            KeyOperationsRunning = kernel.Keys.Running,
            KeyOperationsWaiting = kernel.Keys.Waiting,
            Bytes = Interlocked.Read(ref _bytes),
            Errors = Interlocked.Read(ref _errors),
            Ioctls = calls,
            Drivers = new Dictionary<string, long>(_drivers),
        };
    }

    private static void Count(ref long all, ref long failed, int error)
    {
        Interlocked.Increment(ref all);
        if (error != 0)
        {
            Interlocked.Increment(ref failed);
        }
    }
}
