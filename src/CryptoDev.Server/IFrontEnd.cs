namespace CryptoDev.Server;

/// <summary>
/// One way for foreign programs to reach an emulator: a device node, a socket. Life: constructed with the emulator and its own options
/// (opens nothing yet), <see cref="Start"/>ed once,
/// disposed once; the emulator outlives it.
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

    // Dispose: takes no new client, wakes those who wait, answers every outstanding request, removes the node or socket, and returns when
    // the threads have ended.
}

/// <summary>One number that a front end counts.</summary>
/// <param name="Name">Words with a dash, such as <c>requests-read</c>.</param>
/// <param name="Value">How often, or how many now.</param>
public readonly record struct FrontEndCounter(string Name, long Value);
