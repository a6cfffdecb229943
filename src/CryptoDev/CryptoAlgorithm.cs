using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// One algorithm and its facts: sizes, BSD name, and its name on each rung. It describes the algorithm and does not implement it. The
/// driver is chosen when a session is created. There is one instance of each algorithm, so they can be compared by reference. Safe from any
/// thread.
/// </summary>
/// <remarks>BSD original: the <c>CRYPTO_*</c> constants of opencrypto(9) and <c>struct enc_xform</c> / <c>struct auth_hash</c>.</remarks>
public sealed partial class CryptoAlgorithm
{
    internal CryptoAlgorithm() { }

    /// <summary>The name this library prints, for example <c>aes-cbc</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The constant of opencrypto(9), for example <c>CRYPTO_AES_CBC</c>. If no BSD has one, the cryptodev-linux constant, or null.
    /// </summary>
    public string? BsdName { get; init; }

    /// <summary>What the algorithm does to a message.</summary>
    public required AlgorithmKind Kind { get; init; }

    /// <summary>
    /// The message length must be a multiple of this number of bytes. It is 1 for modes that take any length. For XTS it is 1, but a
    /// message has at least 16 bytes.
    /// </summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>Key lengths in bytes. A keyless algorithm accepts 0 only.</summary>
    public SizeSet KeySizes { get; init; } = SizeSet.None;

    /// <summary>
    /// The lengths of IV, counter block or nonce, in bytes. Only 0 for an algorithm without IV. A rung may accept fewer lengths.
    /// </summary>
    public SizeSet IvSizes { get; init; } = SizeSet.None;

    /// <summary>The full length of the digest, MAC or AEAD tag, in bytes. 0 for ciphers and compression.</summary>
    public int DigestSize { get; init; }

    /// <summary>The tag lengths that a session may ask for, in bytes. A rung may accept fewer lengths.</summary>
    public SizeSet TagSizes { get; init; } = SizeSet.None;

    /// <summary>The length of the shortest message in bytes: 16 for XTS, 0 for the others.</summary>
    public int MinimumMessageLength { get; init; }

    /// <summary>The longest message in bytes that the algorithm allows with an IV of the given length.</summary>
    internal Func<int, long> LongestMessage { get; init; } = static _ => long.MaxValue;

    /// <summary>How the IV of the next piece is computed from this piece.</summary>
    internal IvChaining Chaining { get; init; }

    /// <summary>The block of the underlying cipher in bytes. IVs chain in this unit.</summary>
    internal int ChainBlockSize { get; init; } = 1;

    /// <summary>The number of rounds of one block, for a key of the given length in bytes. 0 for an algorithm without rounds.</summary>
    internal Func<int, int> RoundsForKey { get; init; } = static _ => 0;

    /// <summary>The name and limits in AF_ALG.</summary>
    internal KernelRung Kernel { get; init; } = KernelRung.Missing("AF_ALG does not have it");

    /// <summary>The name and limits in libcrypto.</summary>
    internal LibcryptoRung Libcrypto { get; init; } = new(LibcryptoKind.Missing) { Reason = "libcrypto does not have it" };

    /// <summary>Other names that are accepted as input, each with the key length that it implies (0: none).</summary>
    internal IReadOnlyList<AlgorithmAlias> Aliases { get; init; } = [];

    /// <summary>All algorithms, in the order of the table.</summary>
    public static IReadOnlyList<CryptoAlgorithm> All => AlgorithmTable.Rows;

    /// <summary>
    /// Finds an algorithm by this library's name, the BSD constant, an OpenSSL name or a kernel name. Case does not matter, and <c>_</c>
    /// and <c>-</c> are equal.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such algorithm.</exception>
    public static CryptoAlgorithm Parse(string name) =>
        TryParse(name, out CryptoAlgorithm? algorithm, out _)
            ? algorithm
            : throw new ArgumentException(
                $"'{name}' is not an algorithm of this library; names are, for example, 'aes-cbc', 'sha256', 'hmac(sha1)' or "
                    + "'CRYPTO_AES_CTR'.",
                nameof(name)
            );

    /// <summary>
    /// Like <see cref="Parse"/>, but returns false instead of throwing, and also gives the key length that the name implies.
    /// </summary>
    /// <param name="name">Any accepted name.</param>
    /// <param name="algorithm">The algorithm, or null.</param>
    /// <param name="impliedKeyLength">The key length in bytes that the name implies (<c>aes-256-cbc</c>: 32), or 0.</param>
    public static bool TryParse(
        string? name,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CryptoAlgorithm? algorithm,
        out int impliedKeyLength
    ) => AlgorithmNames.TryFind(name, out algorithm, out impliedKeyLength);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
