namespace CryptoDev.Benchmarks.Workloads;

/// <summary>One operation that every contender does in the same way. The number is that of the peers' <c>enum peer_operation</c>.</summary>
internal sealed record Operation(
    int Number,
    string Name,
    string PeerFunction,
    CryptoAlgorithm Algorithm,
    int KeyLength,
    int IvLength,
    int TagLength,
    CryptDirection Direction = CryptDirection.Encrypt
)
{
    public static readonly Operation AesCbcEncrypt = new(
        0,
        "AES-128-CBC encrypt",
        "peer_aes_cbc_encrypt",
        CryptoAlgorithm.AesCbc,
        16,
        16,
        0
    );
    public static readonly Operation AesCbcDecrypt = new(
        1,
        "AES-128-CBC decrypt",
        "peer_aes_cbc_decrypt",
        CryptoAlgorithm.AesCbc,
        16,
        16,
        0,
        CryptDirection.Decrypt
    );
    public static readonly Operation AesGcmEncrypt = new(
        2,
        "AES-256-GCM encrypt",
        "peer_aes_gcm_encrypt",
        CryptoAlgorithm.AesGcm,
        32,
        12,
        16
    );
    public static readonly Operation Sha256 = new(3, "SHA-256", "peer_sha256", CryptoAlgorithm.Sha256, 0, 0, 32);
    public static readonly Operation HmacSha256 = new(4, "HMAC-SHA256", "peer_hmac_sha256", CryptoAlgorithm.HmacSha256, 32, 0, 32);

    public static IReadOnlyList<Operation> All { get; } = [AesCbcEncrypt, AesCbcDecrypt, AesGcmEncrypt, Sha256, HmacSha256];

    /// <summary>The number of bytes written for a message: text and tag, or only the digest.</summary>
    public int OutputLength(int length) => Algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac ? TagLength : length + TagLength;

    /// <summary>The parameters of a session for it. The key may be disposed when the session is open.</summary>
    public SessionParameters Parameters(CryptoKey key) =>
        Algorithm.Kind switch
        {
            AlgorithmKind.Digest => SessionParameters.Digest(Algorithm),
            AlgorithmKind.Mac => SessionParameters.KeyedDigest(Algorithm, key),
            AlgorithmKind.Aead => SessionParameters.Aead(Algorithm, key),
            _ => SessionParameters.Cipher(Algorithm, key),
        };

    public override string ToString() => Name;
}
