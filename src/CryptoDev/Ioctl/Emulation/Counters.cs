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

    public void CountOpen() => Interlocked.Increment(ref _opens);

    public void CountSession(string driver)
    {
        Interlocked.Increment(ref _sessions);
        CountDriver(driver);
    }

    public void CountDriver(string driver) => _drivers.AddOrUpdate(driver, 1, static (_, count) => count + 1);

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
}
