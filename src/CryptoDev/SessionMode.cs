namespace CryptoDev;

/// <summary>What a session does with a message. It follows from the session's transforms.</summary>
/// <remarks>BSD original: <c>csp_mode</c> (<c>CSP_MODE_*</c>) of FreeBSD's crypto_session(9).</remarks>
public enum SessionMode
{
    /// <summary>One cipher.</summary>
    Cipher,

    /// <summary>One digest, keyed or not.</summary>
    Digest,

    /// <summary>One AEAD algorithm.</summary>
    Aead,

    /// <summary>A cipher and a MAC over the same message, in the order of <see cref="SessionParameters.MacOrder"/>.</summary>
    CipherAndMac,

    /// <summary>One compression algorithm.</summary>
    Compression,

    /// <summary>Any other list of transforms. It is used with descriptors only.</summary>
    Chain,
}

/// <summary>Which bytes the tag of a cipher+MAC session covers.</summary>
public enum MacOrder
{
    /// <summary>The order of the BSDs. The tag covers associated data and plaintext, and is not encrypted.</summary>
    MacPlaintext,

    /// <summary>Encrypt-then-MAC. The tag covers associated data and ciphertext, and is checked before the message is decrypted.</summary>
    MacCiphertext,
}
