using System.Security.Cryptography;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// A key in a kernel keyring, named by its serial number (keyrings(7)). Its bytes need not be in this process. A symmetric key (type
/// <c>user</c> or <c>logon</c>) is for sessions on the <c>af_alg</c> rung, if the kernel accepts keys by serial number
/// (ALG_SET_KEY_BY_KEY_SERIAL, Linux 6.2 and later). The other rungs refuse it with a reason. A key of type <c>asymmetric</c> encrypts,
/// decrypts, signs and verifies with the methods here (KEYCTL_PKEY). Safe from any thread.
/// </summary>
/// <remarks>
/// <see cref="FromSerial"/> refers to a key that another program owns. The <c>Import</c> methods make a key that belongs to this process.
/// It is unlinked when the object is disposed and no session uses it. The kernel unlinks it when the process ends, also after a crash.
/// Other processes of the same user can use it by its serial number, but cannot read it.
/// </remarks>
public sealed partial class KernelKey : SessionKey
{
    private readonly KernelKeyHandle? _handle;

    private KernelKey(int serial) => Serial = serial;

    private KernelKey(KernelKeyHandle handle)
        : this(handle.Serial) => _handle = handle;

    /// <summary>The serial number of the key.</summary>
    public int Serial { get; }

    /// <summary>Always null. The kernel checks the length when a session sets the key.</summary>
    public override int? Length => null;

    /// <summary>Refers to the key with this serial number. The kernel is not asked until the key is used.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="serial"/> is not positive. The negative ids are special keyrings and not keys.
    /// </exception>
    public static KernelKey FromSerial(int serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serial);
        return new KernelKey(serial);
    }

    /// <summary>
    /// Adds a symmetric key of type <c>logon</c> to the kernel. No program can read such a key. The caller must clear his own copy of the
    /// bytes.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is empty or has more than 32767 bytes, the kernel's limit.</exception>
    /// <exception cref="CryptoDevException">The kernel has no keyrings, or the user's quota of keys is used up.</exception>
    public static KernelKey Import(InputBytes bytes)
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

    /// <summary>Adds an RSA private key to the kernel. The caller must clear his own copy of the numbers.</summary>
    /// <param name="key">
    /// All eight numbers of one key. The modulus has 512, 1024, 1536, 2048, 3072 or 4096 bits, the sizes that the kernel accepts.
    /// </param>
    /// <exception cref="ArgumentException">A number is missing, or the modulus has another length.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys (module <c>pkcs8_key_parser</c>), or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportRsaPrivateKey(RSAParameters key) => new(KernelKeyImport.RsaPrivateKey(key, nameof(key)));

    /// <summary>Adds an RSA private key in its encoded form to the kernel. The caller must clear his own copy of the bytes.</summary>
    /// <param name="der">PrivateKeyInfo (PKCS #8) in DER, not encrypted.</param>
    /// <exception cref="ArgumentException">The bytes are not such a structure.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys (module <c>pkcs8_key_parser</c>), or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportPkcs8PrivateKey(InputBytes der) => new(KernelKeyImport.Pkcs8(der, nameof(der)));

    /// <summary>Adds the public key of a certificate to the kernel. It can encrypt and verify.</summary>
    /// <param name="der">An X.509 certificate in DER. The kernel checks neither its signature nor its dates.</param>
    /// <exception cref="ArgumentException">The bytes are not such a certificate.</exception>
    /// <exception cref="CryptoDevException">
    /// The kernel has no asymmetric keys or does not know the certificate's algorithm, or the user's quota of keys is used up.
    /// </exception>
    public static KernelKey ImportCertificate(InputBytes der) => new(KernelKeyImport.Certificate(der, nameof(der)));

    /// <summary>
    /// Releases the key. An imported key is unlinked when no session uses it. A key from <see cref="FromSerial"/> stays in its keyring.
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
