namespace CryptoDev.Framework;

/// <summary>The most bytes that a session of a driver takes in one operation. Found when the session is opened.</summary>
/// <param name="Message">The longest message.</param>
/// <param name="AssociatedData">The most associated data.</param>
/// <param name="Total">The most of both together.</param>
internal readonly record struct MessageLimits(long Message, long AssociatedData, long Total)
{
    /// <summary>Associated data and message of no more than this, both together, fit whatever their shares are.</summary>
    public long Sure => Math.Min(Message, Math.Min(AssociatedData, Total));

    /// <summary>Whether an operation of these lengths fits.</summary>
    public bool Take(long associatedData, long message) =>
        message <= Message && associatedData <= AssociatedData && message <= Total - associatedData;

    /// <summary>The limits in words, for the reason why a driver did not run a message.</summary>
    public override string ToString() =>
        AssociatedData >= Message && Total >= Message ? $"it takes messages of at most {Message} bytes"
        : Total >= long.MaxValue ? $"it takes messages of at most {Message} bytes and at most {AssociatedData} of associated data"
        : $"it takes at most {Total} bytes of message and associated data together, and of the latter at most {AssociatedData}";
}
