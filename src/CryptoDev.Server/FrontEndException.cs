namespace CryptoDev.Server;

/// <summary>Why something cannot be served, or is served no longer: one sentence for the person who started it.</summary>
public sealed class FrontEndException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="failure">What kind, for an exit code.</param>
    /// <param name="message">What was wanted, why not, what to do.</param>
    /// <param name="innerException">What was behind it.</param>
    public FrontEndException(FrontEndFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What kind it is.</summary>
    public FrontEndFailure Failure { get; }
}

/// <summary>The kinds of <see cref="FrontEndException"/>.</summary>
public enum FrontEndFailure
{
    /// <summary>An option's value does not fit.</summary>
    Usage,

    /// <summary>This machine has not what it takes: no /dev/cuse, no right to open it.</summary>
    NotAvailable,

    /// <summary>Taken by another program, lost, or an error of input or output.</summary>
    InputOutput,
}
