namespace CryptoDev.Native;

/// <summary>openssl/evp.h</summary>
internal static unsafe partial class LibCrypto
{
    public const int EVP_CTRL_AEAD_SET_IVLEN = 0x9;
    public const int EVP_CTRL_AEAD_SET_TAG = 0x11;
    public const int EVP_MAX_MD_SIZE = 64;
    public const int EVP_MAX_BLOCK_LENGTH = 32;

    public static readonly delegate* unmanaged<nint, byte*, byte*, nint> EVP_CIPHER_fetch;
    public static readonly delegate* unmanaged<nint> EVP_CIPHER_CTX_new;
    public static readonly delegate* unmanaged<nint, void> EVP_CIPHER_CTX_free;
    public static readonly delegate* unmanaged<nint, int, int, void*, int> EVP_CIPHER_CTX_ctrl;
    public static readonly delegate* unmanaged<nint, int, int> EVP_CIPHER_CTX_set_key_length;
    public static readonly delegate* unmanaged<nint, OSSL_PARAM*, int> EVP_CIPHER_CTX_set_params;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, OSSL_PARAM*, int> EVP_CIPHER_CTX_set_params_short;
    public static readonly delegate* unmanaged<nint, OSSL_PARAM*, int> EVP_CIPHER_CTX_get_params;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, OSSL_PARAM*, int> EVP_CIPHER_CTX_get_params_short;
    public static readonly delegate* unmanaged<nint, nint, nint, byte*, byte*, int, int> EVP_CipherInit_ex;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, byte*, byte*, int, int> EVP_CipherInit_ex_short;
    public static readonly delegate* unmanaged<nint, byte*, int*, byte*, int, int> EVP_CipherUpdate;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, int*, byte*, int, int> EVP_CipherUpdate_short;
    public static readonly delegate* unmanaged<nint, byte*, int*, int> EVP_CipherFinal_ex;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, int*, int> EVP_CipherFinal_ex_short;

    public static readonly delegate* unmanaged<nint, byte*, byte*, nint> EVP_MD_fetch;
    public static readonly delegate* unmanaged<nint> EVP_MD_CTX_new;
    public static readonly delegate* unmanaged<nint, void> EVP_MD_CTX_free;
    public static readonly delegate* unmanaged<nint, nint, int> EVP_MD_CTX_copy_ex;
    public static readonly delegate* unmanaged<nint, nint, nint, int> EVP_DigestInit_ex;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, int> EVP_DigestInit_ex_short;
    public static readonly delegate* unmanaged<nint, byte*, nuint, int> EVP_DigestUpdate;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, int> EVP_DigestUpdate_short;
    public static readonly delegate* unmanaged<nint, byte*, uint*, int> EVP_DigestFinal_ex;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, uint*, int> EVP_DigestFinal_ex_short;

    public static readonly delegate* unmanaged<nint, byte*, byte*, nint> EVP_MAC_fetch;
    public static readonly delegate* unmanaged<nint, nint> EVP_MAC_CTX_new;
    public static readonly delegate* unmanaged<nint, void> EVP_MAC_CTX_free;
    public static readonly delegate* unmanaged<nint, nint> EVP_MAC_CTX_dup;
    public static readonly delegate* unmanaged<nint, byte*, nuint, OSSL_PARAM*, int> EVP_MAC_init;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, OSSL_PARAM*, int> EVP_MAC_init_short;
    public static readonly delegate* unmanaged<nint, byte*, nuint, int> EVP_MAC_update;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint, int> EVP_MAC_update_short;
    public static readonly delegate* unmanaged<nint, byte*, nuint*, nuint, int> EVP_MAC_final;
    public static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte*, nuint*, nuint, int> EVP_MAC_final_short;
}
