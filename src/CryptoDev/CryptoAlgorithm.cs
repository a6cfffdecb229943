using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// One algorithm and the facts about it: sizes, its BSD name, and how each rung names it. The row of a table, not an implementation:
/// which driver computes it is decided when a session is created. Instances are unique; compare them by reference. Safe from any thread.
/// </summary>
/// <remarks>BSD original: the <c>CRYPTO_*</c> constants of opencrypto(9) and <c>struct enc_xform</c> / <c>struct auth_hash</c>.</remarks>
public sealed partial class CryptoAlgorithm
{
    internal CryptoAlgorithm() { }

    /// <summary>The name this library prints, for example <c>aes-cbc</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The constant of opencrypto(9), for example <c>CRYPTO_AES_CBC</c>; where no BSD has one, the cryptodev-linux constant or null.
    /// </summary>
    public string? BsdName { get; init; }

    /// <summary>What the algorithm does to a message.</summary>
    public required AlgorithmKind Kind { get; init; }

    /// <summary>
    /// Message length must be a multiple of this many bytes; 1 for modes that take any length. XTS: 1, but at least 16 bytes.
    /// </summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>Key lengths in bytes. A keyless algorithm accepts 0 only.</summary>
    public SizeSet KeySizes { get; init; } = SizeSet.None;

    /// <summary>IV, counter block or nonce lengths in bytes; 0 only where there is none. A rung may accept fewer.</summary>
    public SizeSet IvSizes { get; init; } = SizeSet.None;

    /// <summary>Length in bytes of the full digest, MAC or AEAD tag; 0 for ciphers and compression.</summary>
    public int DigestSize { get; init; }

    /// <summary>Tag lengths in bytes that a session may ask for. A rung may accept fewer.</summary>
    public SizeSet TagSizes { get; init; } = SizeSet.None;

    /// <summary>The smallest message in bytes: 16 for XTS, else 0.</summary>
    public int MinimumMessageLength { get; init; }

    /// <summary>The longest message in bytes that the algorithm itself allows under an IV of the given length.</summary>
    internal Func<int, long> LongestMessage { get; init; } = static _ => long.MaxValue;

    /// <summary>How the IV of the next piece follows from this piece.</summary>
    internal IvChaining Chaining { get; init; }

    /// <summary>The cipher's own block in bytes, the unit in which IVs chain.</summary>
    internal int ChainBlockSize { get; init; } = 1;

    /// <summary>The fixed number of rounds of one block, 0 where the term has no meaning; AES counts them from the key.</summary>
    internal Func<int, int> RoundsForKey { get; init; } = static _ => 0;

    /// <summary>How AF_ALG names it.</summary>
    internal KernelRung Kernel { get; init; } = KernelRung.Missing("AF_ALG does not have it");

    /// <summary>How libcrypto names it.</summary>
    internal LibcryptoRung Libcrypto { get; init; } = new(LibcryptoKind.Missing) { Reason = "libcrypto does not have it" };

    /// <summary>Other spellings accepted on input, with the key length each implies (0: none).</summary>
    internal IReadOnlyList<AlgorithmAlias> Aliases { get; init; } = [];

    /// <summary>All algorithms, in the order of the table.</summary>
    public static IReadOnlyList<CryptoAlgorithm> All => AlgorithmTable.Rows;

    /// <summary>
    /// Finds an algorithm by this library's name, the BSD constant, an OpenSSL name or a kernel name; case and <c>_</c>/<c>-</c> do not
    /// matter.
    /// </summary>
    /// <exception cref="ArgumentException">No such algorithm.</exception>
    public static CryptoAlgorithm Parse(string name) =>
        TryParse(name, out CryptoAlgorithm? algorithm, out _)
            ? algorithm
            : throw new ArgumentException(
                $"'{name}' is not an algorithm of this library; names are, for example, 'aes-cbc', 'sha256', 'hmac(sha1)' or "
                    + "'CRYPTO_AES_CTR'.",
                nameof(name)
            );

    /// <summary>Like <see cref="Parse"/>, without the exception, and telling the key length that the spelling implies.</summary>
    /// <param name="name">Any accepted spelling.</param>
    /// <param name="algorithm">The row found.</param>
    /// <param name="impliedKeyLength">Key length in bytes that the spelling names (<c>aes-256-cbc</c>: 32), or 0.</param>
    public static bool TryParse(
        string? name,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CryptoAlgorithm? algorithm,
        out int impliedKeyLength
    ) => AlgorithmNames.TryFind(name, out algorithm, out impliedKeyLength);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
