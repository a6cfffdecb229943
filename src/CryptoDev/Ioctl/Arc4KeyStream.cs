namespace CryptoDev.Ioctl;

/// <summary>Whether an emulated device has ARC4, and where the key stream of an operation starts.</summary>
/// <remarks>
/// No kernel's own software has ARC4. A session needs a card, and cards differ. A stream that starts anew with each operation uses the same
/// key bytes for every message of a session, which gives the messages away. So ARC4 is only for those who have data of such a card.
/// </remarks>
public enum Arc4KeyStream
{
    /// <summary>A session of ARC4 is refused with <c>EINVAL</c>, as on a machine without such a card.</summary>
    Refused,

    /// <summary>Each <c>CIOCCRYPT</c> starts the key stream anew.</summary>
    Restart,

    /// <summary>The key stream goes on from one <c>CIOCCRYPT</c> of a session to the next.</summary>
    Continue,
}
