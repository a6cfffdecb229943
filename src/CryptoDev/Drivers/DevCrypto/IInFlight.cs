namespace CryptoDev.Drivers.DevCrypto;

/// <summary>Something that is inside the kernel until its result is fetched.</summary>
internal interface IInFlight
{
    /// <summary>By what its result is known (<c>opaque</c>).</summary>
    nint Cookie { get; set; }

    /// <summary>The result is there. Must return at once.</summary>
    /// <param name="status">0 or an errno value.</param>
    void End(int status);
}
