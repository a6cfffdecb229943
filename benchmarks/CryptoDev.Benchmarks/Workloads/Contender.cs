namespace CryptoDev.Benchmarks.Workloads;

/// <summary>One side of a comparison. It runs an operation many times on a message. Everything reusable is made beforehand.</summary>
internal abstract class Contender : IDisposable
{
    /// <summary>The implementation's name, for the heading of a report.</summary>
    public abstract string Description { get; }

    /// <summary>Processes the same message <paramref name="count"/> times.</summary>
    public abstract void Run(Message message, long count);

    public abstract void Dispose();
}
