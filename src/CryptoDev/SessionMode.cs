namespace CryptoDev;

/// <summary>What a session does with a message, resolved once from its transforms.</summary>
/// <remarks>BSD original: <c>csp_mode</c> (<c>CSP_MODE_*</c>) of FreeBSD's crypto_session(9).</remarks>
public enum SessionMode
{
    /// <summary>One cipher.</summary>
    Cipher,

    /// <summary>One digest, keyed or not.</summary>
    Digest,

    /// <summary>One AEAD algorithm.</summary>
    Aead,

    /// <summary>A cipher and a MAC over the same message, in the order <see cref="SessionParameters.MacOrder"/> says.</summary>
    CipherAndMac,

    /// <summary>One compression algorithm.</summary>
    Compression,

    /// <summary>Any other list of transforms: used with descriptors only.</summary>
    Chain,
}

/// <summary>What the tag of a cipher+MAC session covers.</summary>
public enum MacOrder
{
    /// <summary>The BSD order: the tag is over associated data and plaintext, and is not encrypted.</summary>
    MacPlaintext,

    /// <summary>Encrypt-then-MAC: the tag is over associated data and ciphertext, and is checked before anything is decrypted.</summary>
    MacCiphertext,
}
