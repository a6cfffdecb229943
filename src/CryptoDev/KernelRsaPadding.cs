namespace CryptoDev;

/// <summary>What stands around the message in RSA encryption by a <see cref="KernelKey"/>. The kernel has no OAEP and no PSS.</summary>
public enum KernelRsaPadding
{
    /// <summary>
    /// PKCS #1 v1.5 (RFC 8017, 7.2): up to 11 bytes less than the modulus, random for each encryption. Whether decryption failed tells an
    /// attacker about the plaintext: do not let a stranger see the difference. Where a crypto card serves RSA, this is the form that
    /// reaches it.
    /// </summary>
    Pkcs1,

    /// <summary>
    /// None: the message is a number from 2 to the modulus less 2 (newer kernels refuse the others), the result has the length of the
    /// modulus.
    /// </summary>
    None,
}
