using CryptoDev.Dialects;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// One of many key operations in the kernel. Its numbers are off the managed heap, and the waiting thread keeps them there.
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

    /// <summary>0, or the errno value of the result.</summary>
    public int Status { get; private set; }

    public void End(int status)
    {
        Status = status;
        left.Signal();
    }
}
