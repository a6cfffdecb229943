namespace CryptoDev;

/// <summary>
/// A random generator of a driver. Safe from any thread. The system's own is better in every respect but being a named, seedable DRBG.
/// </summary>
/// <remarks>BSD original: random numbers offered to userland through crypto(4) devices; NIST SP 800-90A for the kernel's DRBGs.</remarks>
public abstract class RandomGenerator : IDisposable
{
    private protected RandomGenerator() { }

    /// <summary>The driver and, after a colon, the generator's name: <c>af_alg:drbg_nopr_hmac_sha256</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Fills <paramref name="destination"/>, of any length.</summary>
    /// <exception cref="CryptoDevException">The generator failed; the destination is zeroed.</exception>
    public abstract void Fill(Span<byte> destination);

    /// <summary>Frees the generator.</summary>
    public abstract void Dispose();
}
