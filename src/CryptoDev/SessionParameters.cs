using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The algorithms and keys of a session: an ordered list of transforms. It is validated when it is built. Immutable. It does not hold
/// references to its keys: do not dispose them before <see cref="CryptoDevice.CreateSession(SessionParameters, DriverPolicy?)"/> has
/// returned. Safe from any thread.
/// </summary>
/// <remarks>BSD original: the <c>cryptoini</c> list of <c>crypto_newsession</c>; FreeBSD: <c>struct crypto_session_params</c>.</remarks>
public sealed class SessionParameters
{
    private SessionParameters(MacOrder macOrder, params IReadOnlyList<CryptoTransform> transforms)
    {
        Transforms = transforms;
        MacOrder = macOrder;
        Mode = SessionParametersValidator.Resolve(transforms);
    }

    private SessionParameters(SessionParameters original)
    {
        Transforms = original.Transforms;
        MacOrder = original.MacOrder;
        Mode = original.Mode;
        MaxMessageLength = original.MaxMessageLength;
        MaxAssociatedDataLength = original.MaxAssociatedDataLength;
    }

    /// <summary>The transforms, in order.</summary>
    public IReadOnlyList<CryptoTransform> Transforms { get; }

    /// <summary>What the session does with a message.</summary>
    public SessionMode Mode { get; }

    /// <summary>Which bytes the tag covers. Only <see cref="SessionMode.CipherAndMac"/> uses it.</summary>
    public MacOrder MacOrder { get; }

    /// <summary>
    /// The length of the longest message in bytes that the caller needs. Rungs that cannot take it are skipped, so that one driver runs all
    /// messages. With 0, the default, no rung is skipped: each message goes to the first rung that takes it.
    /// </summary>
    public long MaxMessageLength { get; private init; }

    /// <summary>
    /// The most associated data in bytes that the caller needs beside the longest message. Rungs that cannot take both are skipped.
    /// </summary>
    public long MaxAssociatedDataLength { get; private init; }

    /// <summary>A cipher session. The key must have a length that the algorithm accepts.</summary>
    /// <exception cref="ArgumentException">The parts do not fit together. The message has what was given and what is allowed.</exception>
    public static SessionParameters Cipher(CryptoAlgorithm algorithm, SessionKey? key = null) =>
        Single(algorithm, AlgorithmKind.Cipher, new CryptoTransform(algorithm, key));

    /// <summary>A digest session without a key.</summary>
    /// <exception cref="ArgumentException"><paramref name="algorithm"/> is not an unkeyed digest.</exception>
    public static SessionParameters Digest(CryptoAlgorithm algorithm) =>
        Single(algorithm, AlgorithmKind.Digest, new CryptoTransform(algorithm));

    /// <summary>A keyed digest (MAC) session.</summary>
    /// <param name="algorithm">HMAC, CMAC, XCBC-MAC, GMAC or KPDK.</param>
    /// <param name="key">The key.</param>
    /// <param name="tagLength">The number of bytes of the MAC to keep. 0: all.</param>
    /// <param name="ivLength">The length of GMAC's nonce in bytes. 0: the default.</param>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public static SessionParameters KeyedDigest(CryptoAlgorithm algorithm, SessionKey? key, int tagLength = 0, int ivLength = 0) =>
        Single(algorithm, AlgorithmKind.Mac, new CryptoTransform(algorithm, key) { TagLength = tagLength, IvLength = ivLength });

    /// <summary>An AEAD session (RFC 5116).</summary>
    /// <param name="algorithm">AES-GCM, AES-CCM or ChaCha20-Poly1305.</param>
    /// <param name="key">The key.</param>
    /// <param name="tagLength">The tag length in bytes. 0: 16.</param>
    /// <param name="ivLength">The nonce length in bytes. 0: 12.</param>
    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public static SessionParameters Aead(CryptoAlgorithm algorithm, SessionKey key, int tagLength = 0, int ivLength = 0) =>
        Single(algorithm, AlgorithmKind.Aead, new CryptoTransform(algorithm, key) { TagLength = tagLength, IvLength = ivLength });

    /// <summary>A compression session. Encrypt compresses and decrypt expands.</summary>
    /// <exception cref="ArgumentException"><paramref name="algorithm"/> is not a compression algorithm.</exception>
    public static SessionParameters Compression(CryptoAlgorithm algorithm) =>
        Single(algorithm, AlgorithmKind.Compression, new CryptoTransform(algorithm));

    /// <summary>A session with a cipher and a MAC over one message.</summary>
    /// <exception cref="ArgumentException">
    /// The first is not a cipher, the second is not a digest or MAC, or one of them is not valid by itself.
    /// </exception>
    public static SessionParameters CipherAndMac(CryptoTransform cipher, CryptoTransform mac, MacOrder order)
    {
        ArgumentNullException.ThrowIfNull(cipher);
        ArgumentNullException.ThrowIfNull(mac);
        if (cipher.Algorithm.Kind != AlgorithmKind.Cipher)
        {
            throw new ArgumentException($"{cipher.Algorithm} is not a cipher.", nameof(cipher));
        }

        if (mac.Algorithm.Kind is not (AlgorithmKind.Mac or AlgorithmKind.Digest) || mac.Algorithm.IvSizes.Maximum != 0)
        {
            throw new ArgumentException($"{mac.Algorithm} is not a digest or MAC that works without a nonce of its own.", nameof(mac));
        }

        if (!Enum.IsDefined(order))
        {
            throw new ArgumentOutOfRangeException(nameof(order), order, "The order is MacPlaintext or MacCiphertext.");
        }

        return new SessionParameters(order, [cipher, mac]);
    }

    /// <summary>A session with any list of transforms. The descriptors of each operation give their order.</summary>
    /// <exception cref="ArgumentException">The list is empty, has an algorithm twice, or a transform is not valid by itself.</exception>
    public static SessionParameters Chain(params IReadOnlyList<CryptoTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(transforms);
        return new SessionParameters(MacOrder.MacPlaintext, [.. transforms]);
    }

    /// <summary>The same parameters for messages of at most <paramref name="length"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public SessionParameters WithMaxMessageLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new SessionParameters(this) { MaxMessageLength = length };
    }

    /// <summary>The same parameters for messages that have at most <paramref name="length"/> bytes of associated data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public SessionParameters WithMaxAssociatedDataLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new SessionParameters(this) { MaxAssociatedDataLength = length };
    }

    /// <summary>The mode and the names of the algorithms, without key bytes.</summary>
    public override string ToString() => $"{Mode}: {string.Join(" + ", Transforms.Select(transform => transform.Algorithm.Name))}";

    /// <summary>Parameters with only one transform of this session, for rungs that run one transform at a time.</summary>
    internal SessionParameters ForTransform(int index) =>
        new(MacOrder.MacPlaintext, [Transforms[index]]) { MaxMessageLength = MaxMessageLength };

    private static SessionParameters Single(CryptoAlgorithm algorithm, AlgorithmKind kind, CryptoTransform transform)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        if (algorithm.Kind != kind)
        {
            throw new ArgumentException($"{algorithm} is of kind {algorithm.Kind}, not {kind}.", nameof(algorithm));
        }

        return new SessionParameters(MacOrder.MacPlaintext, [transform]);
    }
}
