using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// Our own library context with its own providers. So it neither changes nor depends on the OpenSSL state of the host application. It is
/// made once and kept for the life of the process, because all sessions share the fetched algorithms.
/// </summary>
internal sealed unsafe class LibCryptoContext
{
    private static readonly Lazy<LibCryptoContext> s_shared = new(() => new LibCryptoContext());

    private readonly nint _context;
    private readonly ConcurrentDictionary<string, nint> _ciphers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, nint> _digests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, nint> _macs = new(StringComparer.Ordinal);

    private LibCryptoContext()
    {
        if (LibCrypto.LoadError is { } error)
        {
            Error = error;
            return;
        }

        // No exit handler: at exit, other threads of ours may still run libcrypto code, and the handler would free memory that they use.
        LibCrypto.OPENSSL_init_crypto(LibCrypto.OPENSSL_INIT_NO_ATEXIT | LibCrypto.OPENSSL_INIT_LOAD_CRYPTO_STRINGS, 0);
        Version = Marshal.PtrToStringUTF8((nint)LibCrypto.OpenSSL_version(LibCrypto.OPENSSL_VERSION_STRING))!;
        IsFips = LibCrypto.EVP_default_properties_is_fips_enabled(0) == 1;
        _context = LibCrypto.OSSL_LIB_CTX_new();
        if (_context == 0)
        {
            Error = $"libcrypto {Version} could not make a library context: {LibCrypto.TakeError()}";
        }
        else if (IsFips)
        {
            LoadFips();
        }
        else
        {
            LoadUsual();
        }
    }

    public static LibCryptoContext Instance => s_shared.Value;

    /// <summary>Why nothing can be computed, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Why the legacy provider is missing, or null.</summary>
    public string? LegacyError { get; private set; }

    /// <summary>libcrypto's version, for example <c>3.0.19</c>.</summary>
    public string? Version { get; }

    /// <summary>Whether FIPS is demanded. It is if the host's default context demands it.</summary>
    public bool IsFips { get; }

    /// <summary>The <c>OSSL_LIB_CTX</c>. 0 if <see cref="Error"/> gives a reason.</summary>
    public nint Pointer => _context;

    /// <summary>The fetched <c>EVP_CIPHER</c>, or 0.</summary>
    public nint Cipher(string name) =>
        _ciphers.GetOrAdd(name, static (name, context) => Fetch(LibCrypto.EVP_CIPHER_fetch, context, name), _context);

    /// <summary>The fetched <c>EVP_MD</c>, or 0.</summary>
    public nint Digest(string name) =>
        _digests.GetOrAdd(name, static (name, context) => Fetch(LibCrypto.EVP_MD_fetch, context, name), _context);

    /// <summary>The fetched <c>EVP_MAC</c>, or 0.</summary>
    public nint Mac(string name) => _macs.GetOrAdd(name, static (name, context) => Fetch(LibCrypto.EVP_MAC_fetch, context, name), _context);

    private static nint Fetch(delegate* unmanaged<nint, byte*, byte*, nint> fetch, nint context, string name)
    {
        fixed (byte* text = Terminated(name))
        {
            nint found = fetch(context, text, null);
            if (found == 0)
            {
                LibCrypto.ERR_clear_error();
            }

            return found;
        }
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private void LoadUsual()
    {
        if (LoadProvider("default") is { } error)
        {
            Error = $"libcrypto {Version} could not load its default provider: {error}";
        }

        LegacyError = LoadProvider("legacy") is { } legacy
            ? $"OpenSSL's legacy provider module is not installed or not loadable ({legacy}); OpenSSL looks for {PathOf("legacy")}"
            : null;
    }

    private void LoadFips()
    {
        // The FIPS module's self-test needs checksums from the configuration file.
        byte* file = LibCrypto.CONF_get1_default_config_file();
        if (LibCrypto.OSSL_LIB_CTX_load_config(_context, file) != 1)
        {
            // The load below fails for the same reason and reports it.
            LibCrypto.ERR_clear_error();
        }

        LibCrypto.CRYPTO_free(file, null, 0);
        Error = (LoadProvider("fips") ?? LoadProvider("base")) is { } error
            ? $"the default context of libcrypto {Version} demands FIPS, and its fips provider could not be loaded: {error}"
            : null;
        fixed (byte* properties = "fips=yes\0"u8)
        {
            LibCrypto.EVP_set_default_properties(_context, properties);
        }

        LegacyError = "the default context of libcrypto demands FIPS, which has no legacy algorithms";
    }

    private string? LoadProvider(string name)
    {
        fixed (byte* text = Terminated(name))
        {
            return LibCrypto.OSSL_PROVIDER_load(_context, text) != 0 ? null : LibCrypto.TakeError();
        }
    }

    /// <summary>Where libcrypto looks for a provider's module, in words.</summary>
    private static string PathOf(string name)
    {
        // libcrypto looks there first. It too is not told of the variable in a program that runs with another's rights.
        nint folder;
        fixed (byte* variable = "OPENSSL_MODULES"u8)
        {
            folder = LibC.secure_getenv(variable);
        }

        if (Marshal.PtrToStringUTF8(folder) is { Length: > 0 } given)
        {
            return $"{given}/{name}.so (OPENSSL_MODULES)";
        }

        string line = Marshal.PtrToStringUTF8((nint)LibCrypto.OpenSSL_version(LibCrypto.OPENSSL_MODULES_DIR)) ?? string.Empty;
        int quote = line.IndexOf('"', StringComparison.Ordinal);
        return quote < 0 ? $"{name}.so in its modules folder" : $"{line[(quote + 1)..].TrimEnd('"')}/{name}.so";
    }
}
