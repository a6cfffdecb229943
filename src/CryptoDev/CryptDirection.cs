namespace CryptoDev;

/// <summary>The direction of an operation. Digests ignore it. For compression, encrypt compresses and decrypt expands.</summary>
public enum CryptDirection
{
    /// <summary>Plaintext in, ciphertext out.</summary>
    Encrypt,

    /// <summary>Ciphertext in, plaintext out.</summary>
    Decrypt,
}

/// <summary>Where the IV of an operation comes from.</summary>
/// <remarks>BSD original: <c>CRD_F_IV_EXPLICIT</c> and <c>CRD_F_IV_PRESENT</c>.</remarks>
public enum IvSource
{
    /// <summary>From <see cref="CryptOp.Iv"/> (<c>CRD_F_IV_EXPLICIT</c>).</summary>
    Explicit,

    /// <summary>
    /// From the buffer. The IV is directly before the ciphertext: when decrypting, at the start of the source; when encrypting, at the
    /// start of the destination, where the caller has put it (<c>CRD_F_IV_PRESENT</c>).
    /// </summary>
    Buffer,

    /// <summary>
    /// Encryption only. A random IV is generated and written to the start of the destination, directly before the ciphertext (neither flag
    /// is set).
    /// </summary>
    Random,
}

/// <summary>Whether an operation computes a tag or verifies one.</summary>
/// <remarks>FreeBSD original: <c>CRYPTO_OP_COMPUTE_DIGEST</c> and <c>CRYPTO_OP_VERIFY_DIGEST</c>.</remarks>
public enum TagAction
{
    /// <summary>Compute when encrypting and for digests, verify when decrypting.</summary>
    Default,

    /// <summary>Write the computed tag. AEAD decryption refuses this, because it would return plaintext that was not verified.</summary>
    Compute,

    /// <summary>
    /// Compare with the given tag in constant time. If they differ, the destination is zeroed and
    /// <see cref="System.Security.Cryptography.AuthenticationTagMismatchException"/> is thrown.
    /// </summary>
    Verify,
}
