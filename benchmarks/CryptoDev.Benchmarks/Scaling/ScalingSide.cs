using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks.Scaling;

/// <summary>Who works, with one contender for each thread: the same one for all, or one each.</summary>
internal sealed record ScalingSide(string Name, IReadOnlyList<Contender> PerThread) : IDisposable
{
    /// <summary>One session for all threads.</summary>
    public static ScalingSide OneSession(CryptoDevice device, Operation operation, byte[] key, int threads)
    {
        SessionContender shared = new(device, operation, key, DriverPolicy.SoftwareOnly);
        return new ScalingSide("one session", [.. Enumerable.Repeat(shared, threads)]);
    }

    /// <summary>What a program does that shares nothing.</summary>
    public static ScalingSide SessionPerThread(CryptoDevice device, Operation operation, byte[] key, int threads) =>
        new(
            "a session per thread",
            [.. Enumerable.Range(0, threads).Select(_ => new SessionContender(device, operation, key, DriverPolicy.SoftwareOnly))]
        );

    /// <summary>System.Security.Cryptography, whose instances are for one thread.</summary>
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
