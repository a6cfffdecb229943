namespace CryptoDev;

/// <summary>
/// One transform of a session: an algorithm with its key, tag length and rounds. Immutable. It does not hold a reference to the key; a
/// session does.
/// </summary>
/// <remarks>BSD original: <c>struct cryptoini</c> of opencrypto(9).</remarks>
public sealed class CryptoTransform
{
    /// <summary>Builds a transform. <see cref="SessionParameters"/> checks later whether its parts fit together.</summary>
    /// <param name="algorithm">The algorithm (<c>cri_alg</c>).</param>
    /// <param name="key">The key (<c>cri_key</c>). Null for algorithms without a key.</param>
    public CryptoTransform(CryptoAlgorithm algorithm, SessionKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        Algorithm = algorithm;
        Key = key;
    }

    /// <summary>The algorithm (<c>cri_alg</c>).</summary>
    public CryptoAlgorithm Algorithm { get; }

    /// <summary>The key (<c>cri_key</c>), or null.</summary>
    public SessionKey? Key { get; }

    /// <summary>Tag or MAC length in bytes; 0, the default, means the algorithm's default.</summary>
    public int TagLength { get; init; }

    /// <summary>IV or nonce length in bytes; 0, the default, means the algorithm's default.</summary>
    public int IvLength { get; init; }

    /// <summary>
    /// The number of rounds (<c>cri_rnd</c>): 0, the default, or the number that the algorithm has for this key. No rung offers another
    /// number.
    /// </summary>
    public int Rounds { get; init; }

    /// <summary>The tag length in bytes: <see cref="TagLength"/>, or the algorithm's default when that is 0.</summary>
    internal int EffectiveTagLength => TagLength != 0 ? TagLength : Algorithm.TagSizes.Default;

    /// <summary>The IV length in bytes: <see cref="IvLength"/>, or the algorithm's default when that is 0.</summary>
    internal int EffectiveIvLength => IvLength != 0 ? IvLength : Algorithm.IvSizes.Default;

    /// <summary>The longest message in bytes that the algorithm allows; a driver may allow less.</summary>
    internal long LongestMessage => Algorithm.LongestMessage(EffectiveIvLength);

    /// <summary>The key bytes, or empty without a key. They are valid while the session holds its reference.</summary>
    internal ReadOnlySpan<byte> KeyBytes => Key is CryptoKey key ? key.Bytes : default;
}
