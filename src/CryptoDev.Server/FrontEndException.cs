namespace CryptoDev.Server;

/// <summary>
/// The reason why a front end cannot start, or why it ended. The message is one sentence for the person who started the server.
/// </summary>
public sealed class FrontEndException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="failure">The kind of failure, for the exit code.</param>
    /// <param name="message">What was attempted, why it failed, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public FrontEndException(FrontEndFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public FrontEndFailure Failure { get; }
}

/// <summary>The kinds of <see cref="FrontEndException"/>.</summary>
public enum FrontEndFailure
{
    /// <summary>The value of an option is invalid.</summary>
    Usage,

    /// <summary>This machine does not meet a requirement, for example there is no /dev/cuse or no permission to open it.</summary>
    NotAvailable,

    /// <summary>Another program uses the name, the device was lost, or an I/O error occurred.</summary>
    InputOutput,
}
