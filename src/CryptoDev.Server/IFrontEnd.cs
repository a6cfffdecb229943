namespace CryptoDev.Server;

/// <summary>
/// Makes an emulator available to other programs: a device node or a socket. It is constructed with the emulator and its own options (opens
/// nothing yet), <see cref="Start"/>ed once and disposed once. The emulator must outlive it.
/// </summary>
public interface IFrontEnd : IDisposable
{
    /// <summary>
    /// The name for messages: <c>device /dev/crypto</c>, <c>socket /run/cryptodev.sock</c>. Valid before <see cref="Start"/>.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Completes when serving ends: normally after <see cref="IDisposable.Dispose"/>. Faulted with a <see cref="FrontEndException"/> if the
    /// device or socket was lost. The code that started the front end observes it.
    /// </summary>
    Task Completion { get; }

    /// <summary>
    /// The counters of this front end (the emulator has its own), shown on SIGUSR1 and at the end. Callable from any thread.
    /// </summary>
    IReadOnlyList<FrontEndCounter> Counters { get; }

    /// <summary>Starts serving. Returns when a client can open the device. The work continues on the front end's own threads.</summary>
    /// <exception cref="FrontEndException">
    /// Serving is not possible. The message says what was attempted, why it failed, and what to do.
    /// </exception>
    void Start();

    /// <summary>
    /// Ends serving: accepts no new client, wakes the waiting ones, lets finished answers go out, removes the node or socket. Returns when
    /// the threads have ended, or at the deadline. Threads that still run then end with the process. A second call returns at once.
    /// <see cref="IDisposable.Dispose"/> does the same with a deadline of <see cref="Deadline.StandardPatience"/>.
    /// </summary>
    /// <param name="deadline">The deadline. All front ends of a server share one.</param>
    void Stop(Deadline deadline);
}

/// <summary>One counter of a front end.</summary>
public readonly struct FrontEndCounter
{
    /// <summary>A counter as it stands now.</summary>
    public FrontEndCounter(string name, long value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Words joined by dashes, such as <c>requests-read</c>.</summary>
    public string Name { get; }

    /// <summary>The count: a total, or the current number.</summary>
    public long Value { get; }
}
