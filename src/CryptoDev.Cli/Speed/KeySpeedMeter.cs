using System.Diagnostics;

namespace CryptoDev.Cli.Speed;

/// <summary>Measures an operation on several threads at once. Each thread always has one operation running.</summary>
internal static class KeySpeedMeter
{
    /// <summary>The fraction of the time that is used for the warm-up.</summary>
    private const double ShareForWarmUp = 0.1;

    public static SpeedResult Run(Action once, int inFlight, double seconds, CancellationToken stop)
    {
        Measure(once, inFlight, seconds * ShareForWarmUp, stop);
        return Measure(once, inFlight, seconds, stop);
    }

    private static SpeedResult Measure(Action once, int inFlight, double seconds, CancellationToken stop)
    {
        List<long>[] samples = [.. Enumerable.Range(0, inFlight).Select(_ => new List<long>())];
        Exception? failure = null;
        TimeSpan cpu = SpeedMeter.CpuTime();
        long begin = Stopwatch.GetTimestamp();
        long end = begin + (long)(seconds * Stopwatch.Frequency);
        Thread[] threads =
        [
            .. samples.Select(own => new Thread(() =>
            {
                try
                {
                    long last = Stopwatch.GetTimestamp();
                    do
                    {
                        once();
                        long now = Stopwatch.GetTimestamp();
                        own.Add(now - last);
                        last = now;
                    } while (last < end && !stop.IsCancellationRequested && Volatile.Read(ref failure) is null);
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref failure, error, null);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double cpuShare = (SpeedMeter.CpuTime() - cpu).TotalSeconds / elapsed;
        stop.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        long[] all = [.. samples.SelectMany(own => own).Order()];
        return new SpeedResult(
            all.Length,
            all.Length / elapsed,
            SpeedMeter.Microseconds(all[all.Length / 2]),
            SpeedMeter.Microseconds(all[Math.Min(all.Length - 1, all.Length * 99 / 100)]),
            cpuShare
        );
    }
}
