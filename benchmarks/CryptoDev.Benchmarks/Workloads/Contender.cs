namespace CryptoDev.Benchmarks.Workloads;

/// <summary>One side of a comparison: does an operation many times on a message, with everything reusable made beforehand.</summary>
internal abstract class Contender : IDisposable
{
    /// <summary>Who computes, for the head of a report.</summary>
    public abstract string Description { get; }

    /// <summary>Runs the same message <paramref name="count"/> times.</summary>
    public abstract void Run(Message message, long count);

    public abstract void Dispose();
}
