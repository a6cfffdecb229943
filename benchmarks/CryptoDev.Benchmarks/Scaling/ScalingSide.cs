using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks.Scaling;

/// <summary>One side, with one contender per thread. All threads may share one contender, or each has its own.</summary>
internal sealed record ScalingSide(string Name, IReadOnlyList<Contender> PerThread) : IDisposable
{
    /// <summary>One session for all threads.</summary>
    public static ScalingSide OneSession(CryptoDevice device, Operation operation, byte[] key, int threads)
    {
        SessionContender shared = new(device, operation, key, DriverPolicy.SoftwareOnly);
        return new ScalingSide("one session", [.. Enumerable.Repeat(shared, threads)]);
    }

    /// <summary>One session per thread, as in a program whose threads share nothing.</summary>
    public static ScalingSide SessionPerThread(CryptoDevice device, Operation operation, byte[] key, int threads) =>
        new(
            "a session per thread",
            [.. Enumerable.Range(0, threads).Select(_ => new SessionContender(device, operation, key, DriverPolicy.SoftwareOnly))]
        );

    /// <summary>System.Security.Cryptography, whose instances are not thread-safe.</summary>
    public static ScalingSide FrameworkPerThread(Operation operation, byte[] key, int threads) =>
        new(
            "System.Security.Cryptography, an instance per thread",
            [.. Enumerable.Range(0, threads).Select(_ => new FrameworkContender(operation, key))]
        );

    public void Dispose()
    {
        foreach (Contender contender in PerThread.Distinct())
        {
            contender.Dispose();
        }
    }
}
