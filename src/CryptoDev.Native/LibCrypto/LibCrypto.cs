using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// libcrypto's functions by their C names, resolved once. It needs libcrypto 3.0 or later: <c>libcrypto.so.3</c>, or <c>.so.4</c>, which
/// has the same symbols. Members ending in <c>_short</c> skip the collector's transition, so a collection has to wait for them. They are
/// for calls of well under a microsecond.
/// </summary>
internal static unsafe partial class LibCrypto
{
    private static readonly string[] s_names = ["libcrypto.so.3", "libcrypto.so.4"];
    private static readonly string[] s_oldNames = ["libcrypto.so.1.1", "libcrypto.so.1.0.2"];

    private static readonly nint s_library;
    private static readonly List<string> s_missing = [];

    static LibCrypto()
    {
        s_library = Open();
        if (s_library == 0)
        {
            LoadError = s_oldNames.Any(name => NativeLibrary.TryLoad(name, out _))
                ? "only libcrypto 1.x was found; version 3.0 or later is needed because older ones cannot keep their state apart "
                    + "from the host application's"
                : $"libcrypto was not found ({string.Join(" or ", s_names)})";
            return;
        }

        OPENSSL_init_crypto = (delegate* unmanaged<ulong, nint, int>)Symbol("OPENSSL_init_crypto");
        OpenSSL_version = (delegate* unmanaged<int, byte*>)Symbol("OpenSSL_version");
        OSSL_LIB_CTX_new = (delegate* unmanaged<nint>)Symbol("OSSL_LIB_CTX_new");
        OSSL_LIB_CTX_load_config = (delegate* unmanaged<nint, byte*, int>)Symbol("OSSL_LIB_CTX_load_config");
        CONF_get1_default_config_file = (delegate* unmanaged<byte*>)Symbol("CONF_get1_default_config_file");
        CRYPTO_free = (delegate* unmanaged<void*, byte*, int, void>)Symbol("CRYPTO_free");
        OSSL_PROVIDER_load = (delegate* unmanaged<nint, byte*, nint>)Symbol("OSSL_PROVIDER_load");
        EVP_default_properties_is_fips_enabled = (delegate* unmanaged<nint, int>)Symbol("EVP_default_properties_is_fips_enabled");
        EVP_set_default_properties = (delegate* unmanaged<nint, byte*, int>)Symbol("EVP_set_default_properties");
        ERR_peek_error = (delegate* unmanaged<nuint>)Symbol("ERR_peek_error");
        ERR_error_string_n = (delegate* unmanaged<nuint, byte*, nuint, void>)Symbol("ERR_error_string_n");
        ERR_clear_error = (delegate* unmanaged<void>)Symbol("ERR_clear_error");

        EVP_CIPHER_fetch = (delegate* unmanaged<nint, byte*, byte*, nint>)Symbol("EVP_CIPHER_fetch");
        EVP_CIPHER_CTX_new = (delegate* unmanaged<nint>)Symbol("EVP_CIPHER_CTX_new");
        EVP_CIPHER_CTX_free = (delegate* unmanaged<nint, void>)Symbol("EVP_CIPHER_CTX_free");
        EVP_CIPHER_CTX_ctrl = (delegate* unmanaged<nint, int, int, void*, int>)Symbol("EVP_CIPHER_CTX_ctrl");
        EVP_CIPHER_CTX_set_key_length = (delegate* unmanaged<nint, int, int>)Symbol("EVP_CIPHER_CTX_set_key_length");
        EVP_CIPHER_CTX_set_params = (delegate* unmanaged<nint, OSSL_PARAM*, int>)Symbol("EVP_CIPHER_CTX_set_params");
        EVP_CIPHER_CTX_set_params_short = (delegate* unmanaged[SuppressGCTransition]<nint, OSSL_PARAM*, int>)EVP_CIPHER_CTX_set_params;
        EVP_CIPHER_CTX_get_params = (delegate* unmanaged<nint, OSSL_PARAM*, int>)Symbol("EVP_CIPHER_CTX_get_params");
        EVP_CIPHER_CTX_get_params_short = (delegate* unmanaged[SuppressGCTransition]<nint, OSSL_PARAM*, int>)EVP_CIPHER_CTX_get_params;
        EVP_CipherInit_ex = (delegate* unmanaged<nint, nint, nint, byte*, byte*, int, int>)Symbol("EVP_CipherInit_ex");
        EVP_CipherInit_ex_short = (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, byte*, byte*, int, int>)EVP_CipherInit_ex;
        EVP_CipherUpdate = (delegate* unmanaged<nint, byte*, int*, byte*, int, int>)Symbol("EVP_CipherUpdate");
        EVP_CipherUpdate_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, int*, byte*, int, int>)EVP_CipherUpdate;
        EVP_CipherFinal_ex = (delegate* unmanaged<nint, byte*, int*, int>)Symbol("EVP_CipherFinal_ex");
        EVP_CipherFinal_ex_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, int*, int>)EVP_CipherFinal_ex;

        EVP_MD_fetch = (delegate* unmanaged<nint, byte*, byte*, nint>)Symbol("EVP_MD_fetch");
        EVP_MD_CTX_new = (delegate* unmanaged<nint>)Symbol("EVP_MD_CTX_new");
        EVP_MD_CTX_free = (delegate* unmanaged<nint, void>)Symbol("EVP_MD_CTX_free");
        EVP_MD_CTX_copy_ex = (delegate* unmanaged<nint, nint, int>)Symbol("EVP_MD_CTX_copy_ex");
        EVP_DigestInit_ex = (delegate* unmanaged<nint, nint, nint, int>)Symbol("EVP_DigestInit_ex");
        EVP_DigestInit_ex_short = (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, int>)EVP_DigestInit_ex;
        EVP_DigestUpdate = (delegate* unmanaged<nint, byte*, nuint, int>)Symbol("EVP_DigestUpdate");
        EVP_DigestUpdate_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, int>)EVP_DigestUpdate;
        EVP_DigestFinal_ex = (delegate* unmanaged<nint, byte*, uint*, int>)Symbol("EVP_DigestFinal_ex");
        EVP_DigestFinal_ex_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, uint*, int>)EVP_DigestFinal_ex;

        EVP_MAC_fetch = (delegate* unmanaged<nint, byte*, byte*, nint>)Symbol("EVP_MAC_fetch");
        EVP_MAC_CTX_new = (delegate* unmanaged<nint, nint>)Symbol("EVP_MAC_CTX_new");
        EVP_MAC_CTX_free = (delegate* unmanaged<nint, void>)Symbol("EVP_MAC_CTX_free");
        EVP_MAC_CTX_dup = (delegate* unmanaged<nint, nint>)Symbol("EVP_MAC_CTX_dup");
        EVP_MAC_init = (delegate* unmanaged<nint, byte*, nuint, OSSL_PARAM*, int>)Symbol("EVP_MAC_init");
        EVP_MAC_init_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, OSSL_PARAM*, int>)EVP_MAC_init;
        EVP_MAC_update = (delegate* unmanaged<nint, byte*, nuint, int>)Symbol("EVP_MAC_update");
        EVP_MAC_update_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, int>)EVP_MAC_update;
        EVP_MAC_final = (delegate* unmanaged<nint, byte*, nuint*, nuint, int>)Symbol("EVP_MAC_final");
        EVP_MAC_final_short = (delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint*, nuint, int>)EVP_MAC_final;

        BN_secure_new = (delegate* unmanaged<nint>)Symbol("BN_secure_new");
        BN_clear_free = (delegate* unmanaged<nint, void>)Symbol("BN_clear_free");
        BN_set_flags = (delegate* unmanaged<nint, int, void>)Symbol("BN_set_flags");
        BN_CTX_secure_new_ex = (delegate* unmanaged<nint, nint>)Symbol("BN_CTX_secure_new_ex");
        BN_CTX_free = (delegate* unmanaged<nint, void>)Symbol("BN_CTX_free");
        BN_MONT_CTX_new = (delegate* unmanaged<nint>)Symbol("BN_MONT_CTX_new");
        BN_MONT_CTX_free = (delegate* unmanaged<nint, void>)Symbol("BN_MONT_CTX_free");
        BN_MONT_CTX_set = (delegate* unmanaged<nint, nint, nint, int>)Symbol("BN_MONT_CTX_set");
        BN_lebin2bn = (delegate* unmanaged<byte*, int, nint, nint>)Symbol("BN_lebin2bn");
        BN_bn2lebinpad = (delegate* unmanaged<nint, byte*, int, int>)Symbol("BN_bn2lebinpad");
        BN_num_bits = (delegate* unmanaged<nint, int>)Symbol("BN_num_bits");
        BN_is_zero = (delegate* unmanaged<nint, int>)Symbol("BN_is_zero");
        BN_is_one = (delegate* unmanaged<nint, int>)Symbol("BN_is_one");
        BN_is_odd = (delegate* unmanaged<nint, int>)Symbol("BN_is_odd");
        BN_is_bit_set = (delegate* unmanaged<nint, int, int>)Symbol("BN_is_bit_set");
        BN_set_word = (delegate* unmanaged<nint, ulong, int>)Symbol("BN_set_word");
        BN_sub_word = (delegate* unmanaged<nint, ulong, int>)Symbol("BN_sub_word");
        BN_copy = (delegate* unmanaged<nint, nint, nint>)Symbol("BN_copy");
        BN_ucmp = (delegate* unmanaged<nint, nint, int>)Symbol("BN_ucmp");
        BN_add = (delegate* unmanaged<nint, nint, nint, int>)Symbol("BN_add");
        BN_mul = (delegate* unmanaged<nint, nint, nint, nint, int>)Symbol("BN_mul");
        BN_rshift = (delegate* unmanaged<nint, nint, int, int>)Symbol("BN_rshift");
        BN_nnmod = (delegate* unmanaged<nint, nint, nint, nint, int>)Symbol("BN_nnmod");
        BN_mod_add = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)Symbol("BN_mod_add");
        BN_mod_sub = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)Symbol("BN_mod_sub");
        BN_mod_mul = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)Symbol("BN_mod_mul");
        BN_mod_inverse = (delegate* unmanaged<nint, nint, nint, nint, nint>)Symbol("BN_mod_inverse");
        BN_mod_exp_mont_consttime = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, int>)Symbol("BN_mod_exp_mont_consttime");
        BN_mod_exp_mont_consttime_x2 = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, nint, int>)Symbol(
            "BN_mod_exp_mont_consttime_x2"
        );
        BN_mod_exp2_mont = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint, int>)Symbol("BN_mod_exp2_mont");
        BN_to_montgomery = (delegate* unmanaged<nint, nint, nint, nint, int>)Symbol("BN_to_montgomery");
        BN_mod_mul_montgomery = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)Symbol("BN_mod_mul_montgomery");
        BN_priv_rand_range_ex = (delegate* unmanaged<nint, nint, uint, nint, int>)Symbol("BN_priv_rand_range_ex");

        LoadError = s_missing.Count == 0 ? null : $"libcrypto lacks {string.Join(", ", s_missing)}; version 3.0 or later is needed";
    }

    /// <summary>Why libcrypto cannot be used, or null.</summary>
    public static string? LoadError { get; }

    /// <summary>
    /// libcrypto's text for the first pending error of the calling thread, which is the cause of the later ones. Empties the error queue,
    /// because the host application expects it to be empty.
    /// </summary>
    public static string TakeError()
    {
        nuint code = ERR_peek_error();
        if (code == 0)
        {
            return "no reason was given by libcrypto";
        }

        byte* text = stackalloc byte[256];
        ERR_error_string_n(code, text, 256);
        ERR_clear_error();
        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    /// <summary>Empties the calling thread's error queue after an expected failure.</summary>
    public static void ClearErrors() => ERR_clear_error();

    private static nint Open()
    {
        foreach (string name in s_names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        return 0;
    }

    private static nint Symbol(string name)
    {
        if (NativeLibrary.TryGetExport(s_library, name, out nint address))
        {
            return address;
        }

        s_missing.Add(name);
        return 0;
    }
}
