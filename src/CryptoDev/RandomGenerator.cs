namespace CryptoDev;

/// <summary>
/// A random generator of a driver. Safe from any thread. Use the system's generator unless a named DRBG with a seed is needed: it is better
/// in every other respect.
/// </summary>
/// <remarks>
/// BSD original: random numbers that crypto(4) devices offer to programs. The kernel's DRBGs are those of NIST SP 800-90A.
/// </remarks>
public abstract class RandomGenerator : IDisposable
{
    private protected RandomGenerator() { }

    /// <summary>The driver and, after a colon, the generator's name: <c>af_alg:drbg_nopr_hmac_sha256</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Fills <paramref name="destination"/>, of any length, with random bytes.</summary>
    /// <exception cref="CryptoDevException">The generator failed. The destination is zeroed.</exception>
    public abstract void Fill(Span<byte> destination);

    /// <summary>Fills an array with random bytes.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    /// <exception cref="CryptoDevException">The generator failed. The destination is zeroed.</exception>
    public void Fill(byte[] destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Fill(destination.AsSpan());
    }

    /// <summary>Frees the generator.</summary>
    public abstract void Dispose();
}
