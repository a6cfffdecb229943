namespace CryptoDev;

/// <summary>The padding of RSA encryption with a <see cref="KernelKey"/>. The kernel has no OAEP and no PSS.</summary>
public enum KernelRsaPadding
{
    /// <summary>
    /// PKCS #1 v1.5 (RFC 8017, 7.2). The message is at least 11 bytes shorter than the modulus, and the padding is random. An attacker who
    /// learns whether decryption failed can find the plaintext, so do not show the difference to other parties. If a crypto card does RSA,
    /// it does this form.
    /// </summary>
    Pkcs1,

    /// <summary>
    /// No padding. The message is a number from 2 to the modulus less 2 (newer kernels refuse the other numbers). The result is as long as
    /// the modulus.
    /// </summary>
    None,
}
