namespace CryptoDev;

/// <summary>
/// One transform of a session: an algorithm with its key, tag length and rounds. Immutable. It refers to the key and owns no reference to
/// it; a session does.
/// </summary>
/// <remarks>BSD original: <c>struct cryptoini</c> of opencrypto(9).</remarks>
public sealed class CryptoTransform
{
    /// <summary>Builds a transform; whether the parts fit together is checked by <see cref="SessionParameters"/>.</summary>
    /// <param name="algorithm">The algorithm (<c>cri_alg</c>).</param>
    /// <param name="key">The key (<c>cri_key</c>); null for keyless algorithms.</param>
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
    /// Rounds (<c>cri_rnd</c>): 0, the default, or the number the algorithm has for this key; no other is offered by any rung.
    /// </summary>
    public int Rounds { get; init; }

    /// <summary>The tag length in force: <see cref="TagLength"/> or the algorithm's default.</summary>
    internal int EffectiveTagLength => TagLength != 0 ? TagLength : Algorithm.TagSizes.Default;

    /// <summary>The IV length in force.</summary>
    internal int EffectiveIvLength => IvLength != 0 ? IvLength : Algorithm.IvSizes.Default;

    /// <summary>The longest message in bytes that the algorithm allows; a driver may allow less.</summary>
    internal long LongestMessage => Algorithm.LongestMessage(EffectiveIvLength);

    /// <summary>The key bytes, empty for none; valid while the session's reference is held.</summary>
    internal ReadOnlySpan<byte> KeyBytes => Key is CryptoKey key ? key.Bytes : default;
}
