namespace CryptoDev.Native;

/// <summary>openssl/crypto.h, openssl/provider.h, openssl/err.h, openssl/conf.h</summary>
internal static unsafe partial class LibCrypto
{
    public const ulong OPENSSL_INIT_LOAD_CRYPTO_STRINGS = 0x00000002;
    public const ulong OPENSSL_INIT_NO_ATEXIT = 0x00080000;
    public const int OPENSSL_VERSION_STRING = 6;
    public const int OPENSSL_MODULES_DIR = 8;

    public static readonly delegate* unmanaged<ulong, nint, int> OPENSSL_init_crypto;
    public static readonly delegate* unmanaged<int, byte*> OpenSSL_version;
    public static readonly delegate* unmanaged<nint> OSSL_LIB_CTX_new;
    public static readonly delegate* unmanaged<nint, byte*, int> OSSL_LIB_CTX_load_config;
    public static readonly delegate* unmanaged<byte*> CONF_get1_default_config_file;
    public static readonly delegate* unmanaged<void*, byte*, int, void> CRYPTO_free;
    public static readonly delegate* unmanaged<nint, byte*, nint> OSSL_PROVIDER_load;
    public static readonly delegate* unmanaged<nint, int> EVP_default_properties_is_fips_enabled;
    public static readonly delegate* unmanaged<nint, byte*, int> EVP_set_default_properties;
    public static readonly delegate* unmanaged<nuint> ERR_peek_error;
    public static readonly delegate* unmanaged<nuint, byte*, nuint, void> ERR_error_string_n;
    public static readonly delegate* unmanaged<void> ERR_clear_error;
}
