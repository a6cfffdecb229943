namespace CryptoDev.Server;

/// <summary>
/// One way for foreign programs to reach an emulator: a device node, a socket. Life: constructed with the emulator and its own options
/// (opens nothing yet), <see cref="Start"/>ed once, disposed once; the emulator outlives it.
/// </summary>
public interface IFrontEnd : IDisposable
{
    /// <summary>
    /// What is served, as a sentence has it: <c>device /dev/crypto</c>, <c>socket /run/cryptodev.sock</c>. Good before <see cref="Start"/>.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Ends when serving ends: normally after <see cref="IDisposable.Dispose"/>, faulted with a <see cref="FrontEndException"/> when it was
    /// lost by itself. Observed by who started it.
    /// </summary>
    Task Completion { get; }

    /// <summary>Counters of this front end (the emulator has its own), for SIGUSR1 and the end; from any thread.</summary>
    IReadOnlyList<FrontEndCounter> Counters { get; }

    /// <summary>Returns once a client can open it; the work goes on on threads of its own.</summary>
    /// <exception cref="FrontEndException">It cannot be served: says what was wanted, why not, and what to do.</exception>
    void Start();

    /// <summary>
    /// Ends serving: takes no new client, wakes those who wait, lets answers that are ready go out, removes the node or socket. Returns
    /// when the threads have ended, and at the deadline also where they have not: those end with the process. Once; a second call returns
    /// at once. <see cref="IDisposable.Dispose"/> is the same with a deadline of <see cref="Deadline.StandardPatience"/>.
    /// </summary>
    /// <param name="deadline">One moment for all front ends of a server.</param>
    void Stop(Deadline deadline);
}

/// <summary>One number that a front end counts.</summary>
public readonly struct FrontEndCounter
{
    /// <summary>A counter as it stands now.</summary>
    public FrontEndCounter(string name, long value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Words with a dash, such as <c>requests-read</c>.</summary>
    public string Name { get; }

    /// <summary>How often, or how many now.</summary>
    public long Value { get; }
}
