namespace CryptoDev.Drivers.DevCrypto;

/// <summary>A request in the kernel whose result was not fetched yet.</summary>
internal interface IInFlight
{
    /// <summary>The value that identifies its result (<c>opaque</c>).</summary>
    nint Cookie { get; set; }

    /// <summary>Called when the result has arrived. Must return at once.</summary>
    /// <param name="status">0 or an errno value.</param>
    void End(int status);
}
