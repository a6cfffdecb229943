namespace CryptoDev;

/// <summary>Which way an operation goes. Digests do not look at it; compression: encrypt compresses, decrypt expands.</summary>
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
    /// From the buffer: the IV stands right before the ciphertext, that is first in the source when decrypting and already first in the
    /// destination when encrypting (<c>CRD_F_IV_PRESENT</c>).
    /// </summary>
    Buffer,

    /// <summary>
    /// Encryption only: a random IV is generated and written right before the ciphertext in the destination (neither flag).
    /// </summary>
    Random,
}

/// <summary>Whether an operation computes its tag or checks one.</summary>
/// <remarks>FreeBSD original: <c>CRYPTO_OP_COMPUTE_DIGEST</c> and <c>CRYPTO_OP_VERIFY_DIGEST</c>.</remarks>
public enum TagAction
{
    /// <summary>Compute when encrypting and for digests, verify when decrypting.</summary>
    Default,

    /// <summary>
    /// Write the computed tag. An AEAD decryption cannot be asked for this: it would release plaintext nobody has vouched for.
    /// </summary>
    Compute,

    /// <summary>
    /// Compare with the given tag in constant time; on a difference the destination is zeroed and
    /// <see cref="System.Security.Cryptography.AuthenticationTagMismatchException"/> is thrown.
    /// </summary>
    Verify,
}
