namespace CryptoDev.Native;

/// <summary>openssl/bn.h</summary>
internal static unsafe partial class LibCrypto
{
    public const int BN_FLG_CONSTTIME = 0x04;

    public static readonly delegate* unmanaged<nint> BN_secure_new;
    public static readonly delegate* unmanaged<nint, void> BN_clear_free;
    public static readonly delegate* unmanaged<nint, int, void> BN_set_flags;
    public static readonly delegate* unmanaged<nint, nint> BN_CTX_secure_new_ex;
    public static readonly delegate* unmanaged<nint, void> BN_CTX_free;
    public static readonly delegate* unmanaged<nint> BN_MONT_CTX_new;
    public static readonly delegate* unmanaged<nint, void> BN_MONT_CTX_free;
    public static readonly delegate* unmanaged<nint, nint, nint, int> BN_MONT_CTX_set;
    public static readonly delegate* unmanaged<byte*, int, nint, nint> BN_lebin2bn;
    public static readonly delegate* unmanaged<nint, byte*, int, int> BN_bn2lebinpad;
    public static readonly delegate* unmanaged<nint, int> BN_num_bits;
    public static readonly delegate* unmanaged<nint, int> BN_is_zero;
    public static readonly delegate* unmanaged<nint, int> BN_is_one;
    public static readonly delegate* unmanaged<nint, int> BN_is_odd;
    public static readonly delegate* unmanaged<nint, int, int> BN_is_bit_set;
    public static readonly delegate* unmanaged<nint, ulong, int> BN_set_word;
    public static readonly delegate* unmanaged<nint, ulong, int> BN_sub_word;
    public static readonly delegate* unmanaged<nint, nint, nint> BN_copy;
    public static readonly delegate* unmanaged<nint, nint, int> BN_ucmp;
    public static readonly delegate* unmanaged<nint, nint, nint, int> BN_add;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, int> BN_mul;
    public static readonly delegate* unmanaged<nint, nint, int, int> BN_rshift;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, int> BN_nnmod;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, int> BN_mod_add;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, int> BN_mod_sub;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, int> BN_mod_mul;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint> BN_mod_inverse;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, int> BN_mod_exp_mont_consttime;
    public static readonly delegate* unmanaged<
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        nint,
        int> BN_mod_exp_mont_consttime_x2;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, nint, int> BN_mod_exp2_mont;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, int> BN_to_montgomery;
    public static readonly delegate* unmanaged<nint, nint, nint, nint, nint, int> BN_mod_mul_montgomery;
    public static readonly delegate* unmanaged<nint, nint, uint, nint, int> BN_priv_rand_range_ex;
}
