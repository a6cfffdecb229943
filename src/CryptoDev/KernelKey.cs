using System.Security.Cryptography;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// A key in a kernel keyring, named by its serial number (keyrings(7)), so that its bytes need not be in this process. A symmetric one
/// (type <c>user</c> or <c>logon</c>) is for sessions on the <c>af_alg</c> rung where the kernel takes keys by serial
/// (ALG_SET_KEY_BY_KEY_SERIAL, Linux 6.2 and later); other rungs refuse it with a reason. One of type <c>asymmetric</c> encrypts, decrypts,
/// signs and verifies by itself (KEYCTL_PKEY). Safe from any thread.
/// </summary>
/// <remarks>
/// <see cref="FromSerial"/> refers to a key that somebody else keeps. The <c>Import</c> methods make a key of this process: it is unlinked
/// when the object is disposed and no session uses it any more, and by the kernel itself when the process ends, however it ends. Other
/// processes of the same user may use it by its serial number but not read it.
/// </remarks>
public sealed partial class KernelKey : SessionKey
{
    private readonly KernelKeyHandle? _handle;

    private KernelKey(int serial) => Serial = serial;

    private KernelKey(KernelKeyHandle handle)
        : this(handle.Serial) => _handle = handle;

    /// <summary>The serial number of the key.</summary>
    public int Serial { get; }

    /// <summary>Always null: the kernel checks the length when a session sets the key.</summary>
    public override int? Length => null;

    /// <summary>Refers to the key with this serial number. Nothing is asked of the kernel until the key is used.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serial"/> is not positive; special keyring ids (negative) are not
    /// keys.</exception>
    public static KernelKey FromSerial(int serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serial);
        return new KernelKey(serial);
    }

    /// <summary>
    /// Gives the kernel a symmetric key, as one of type <c>logon</c>: no program can read it back. The caller's bytes stay the caller's to
    /// clear.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is empty or has more than 32767 bytes, the kernel's limit.</exception>
    /// <exception cref="CryptoDevException">The kernel has no keys, or the user's quota of them is used up.</exception>
    public static KernelKey Import(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > KernelKeyImport.LongestKey)
        {
            throw new ArgumentException(
                $"A key of the kernel has 1 to {KernelKeyImport.LongestKey} bytes; {bytes.Length} were given.",
                nameof(bytes)
            );
        }

        return new KernelKey(KernelKeyImport.Symmetric(bytes));
    }

    /// <summary>Gives the kernel an RSA private key. The caller's numbers stay the caller's to clear.</summary>
    /// <param name="key">
    /// All eight numbers, of one key; the modulus has 512, 1024, 1536, 2048, 3072 or 4096 bits, the sizes that the kernel takes.
    /// </param>
    /// <exception cref="ArgumentException">A number is missing, or the modulus has another length.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys (module <c>pkcs8_key_parser</c>), or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportRsaPrivateKey(RSAParameters key) => new(KernelKeyImport.RsaPrivateKey(key, nameof(key)));

    /// <summary>Gives the kernel an RSA private key in its encoded form.</summary>
    /// <param name="der">PrivateKeyInfo (PKCS #8) in DER, not encrypted.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys (module <c>pkcs8_key_parser</c>), or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportPkcs8PrivateKey(ReadOnlySpan<byte> der) => new(KernelKeyImport.Pkcs8(der, nameof(der)));

    /// <summary>Gives the kernel the public key of a certificate: it encrypts and verifies.</summary>
    /// <param name="der">An X.509 certificate in DER. The kernel does not check who signed it, nor when it is valid.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys or does not know the certificate's algorithm, or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportCertificate(ReadOnlySpan<byte> der) => new(KernelKeyImport.Certificate(der, nameof(der)));

    /// <summary>
    /// Gives the key up: an imported one is unlinked when no session uses it any more, one from <see cref="FromSerial"/> stays where it is.
    /// </summary>
    public override void Dispose() => _handle?.Dispose();

    /// <summary>The serial number.</summary>
    public override string ToString() => $"KernelKey({Serial})";

    internal override void AddReference()
    {
        if (_handle is not null)
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            bool added = false;
            _handle.DangerousAddRef(ref added);
        }
    }

    internal override void ReleaseReference() => _handle?.DangerousRelease();
}
