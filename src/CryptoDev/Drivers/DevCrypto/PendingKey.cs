using CryptoDev.Dialects;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// A key operation inside the kernel, one of many. Its numbers lie off the managed heap, and whoever waits keeps them there.
/// </summary>
internal sealed class PendingKey(KeyCall call, CountdownEvent left) : IInFlight
{
    private KeyCall _call = call;

    public KeyCall Call => _call;

    public nint Cookie
    {
        get => _call.Cookie;
        set => _call.Cookie = value;
    }

    /// <summary>0 or the errno value it ended with.</summary>
    public int Status { get; private set; }

    public void End(int status)
    {
        Status = status;
        left.Signal();
    }
}
