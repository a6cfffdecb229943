using System.Diagnostics;
using System.Security.Cryptography;

namespace CryptoDev.Cli.Speed;

/// <summary>The result of one measurement.</summary>
internal readonly record struct SpeedResult(
    long Operations,
    double OperationsPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double CpuShare
);

/// <summary>
/// Measures whole messages of one size on one session. First it measures the rate, in batches without reading the clock between operations.
/// Then it measures the latency of single operations.
/// </summary>
internal static class SpeedMeter
{
    /// <summary>The fraction of the time that is used for the rate. The rest is for the latency.</summary>
    private const double ShareForRate = 0.7;

    /// <summary>The fraction of the time that is used for the warm-up, so that compiled code is measured.</summary>
    private const double ShareForWarmUp = 0.1;

    private const int MostSamples = 1 << 17;

    public static SpeedResult Run(Session session, CryptoAlgorithm algorithm, int size, double seconds, CancellationToken stop)
    {
        byte[] message = new byte[size];
        RandomNumberGenerator.Fill(message);
        byte[] destination = new byte[size + session.TagLength + (algorithm.Kind == AlgorithmKind.Compression ? (size >> 10) + 1024 : 0)];
        byte[] iv = new byte[session.IvLength];
        bool digests = algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac;
        void Once() =>
            session.Process(
                digests ? CryptOp.Digest(message, destination.AsSpan(0, session.TagLength), iv)
                : algorithm.Kind == AlgorithmKind.Aead ? CryptOp.SealAttached(iv, message, destination)
                : CryptOp.Encrypt(message, destination, iv)
            );

        int batch = WarmUp(Once, TimeSpan.FromSeconds(seconds * ShareForWarmUp), stop);
        (long operations, double elapsed, double cpuShare) = Rate(Once, batch, TimeSpan.FromSeconds(seconds * ShareForRate), stop);
        (double p50, double p99) = Latency(Once, TimeSpan.FromSeconds(seconds * (1 - ShareForRate)), stop);
        return new SpeedResult(operations, operations / elapsed, p50, p99, cpuShare);
    }

    /// <summary>Returns how many operations take about a millisecond.</summary>
    private static int WarmUp(Action once, TimeSpan time, CancellationToken stop)
    {
        Stopwatch clock = Stopwatch.StartNew();
        long operations = 0;
        do
        {
            once();
            operations++;
            stop.ThrowIfCancellationRequested();
        } while (clock.Elapsed < time);

        return (int)Math.Clamp(operations * 0.001 / clock.Elapsed.TotalSeconds, 1, 10000);
    }

    private static (long Operations, double Seconds, double CpuShare) Rate(Action once, int batch, TimeSpan time, CancellationToken stop)
    {
        TimeSpan cpu = CpuTime();
        Stopwatch clock = Stopwatch.StartNew();
        long operations = 0;
        do
        {
            for (int i = 0; i < batch; i++)
            {
                once();
            }

            operations += batch;
            stop.ThrowIfCancellationRequested();
        } while (clock.Elapsed < time);

        double seconds = clock.Elapsed.TotalSeconds;
        return (operations, seconds, (CpuTime() - cpu).TotalSeconds / seconds);
    }

    private static (double P50, double P99) Latency(Action once, TimeSpan time, CancellationToken stop)
    {
        long[] samples = new long[MostSamples];
        int count = 0;
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        long last;
        do
        {
            long begin = Stopwatch.GetTimestamp();
            once();
            last = Stopwatch.GetTimestamp();
            samples[count++] = last - begin;
            stop.ThrowIfCancellationRequested();
        } while (last < end && count < samples.Length);

        Array.Sort(samples, 0, count);
        return (Microseconds(samples[count / 2]), Microseconds(samples[Math.Min(count - 1, count * 99 / 100)]));
    }

    public static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    /// <summary>User and kernel time of this process. If a card does the work, this is a fraction below 1 of the elapsed time.</summary>
    public static TimeSpan CpuTime()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }
}
