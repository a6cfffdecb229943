using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>linux/cryptouser.h, and the flags of linux/crypto.h that cru_flags contains.</summary>
internal static class CryptoUser
{
    public const ushort CRYPTO_MSG_NEWALG = 0x10;
    public const ushort CRYPTO_MSG_DELALG = 0x11;
    public const ushort CRYPTO_MSG_UPDATEALG = 0x12;
    public const ushort CRYPTO_MSG_GETALG = 0x13;
    public const ushort CRYPTO_MSG_DELRNG = 0x14;
    public const ushort CRYPTO_MSG_GETSTAT = 0x15;

    public const int CRYPTO_MAX_NAME = 64;

    public const ushort CRYPTOCFGA_PRIORITY_VAL = 1;
    public const ushort CRYPTOCFGA_REPORT_LARVAL = 2;
    public const ushort CRYPTOCFGA_REPORT_HASH = 3;
    public const ushort CRYPTOCFGA_REPORT_BLKCIPHER = 4;
    public const ushort CRYPTOCFGA_REPORT_AEAD = 5;
    public const ushort CRYPTOCFGA_REPORT_COMPRESS = 6;
    public const ushort CRYPTOCFGA_REPORT_RNG = 7;
    public const ushort CRYPTOCFGA_REPORT_CIPHER = 8;
    public const ushort CRYPTOCFGA_REPORT_AKCIPHER = 9;
    public const ushort CRYPTOCFGA_REPORT_KPP = 10;
    public const ushort CRYPTOCFGA_REPORT_ACOMP = 11;

    public const uint CRYPTO_ALG_ASYNC = 0x80;
    public const uint CRYPTO_ALG_TESTED = 0x400;
    public const uint CRYPTO_ALG_INSTANCE = 0x800;
    public const uint CRYPTO_ALG_KERN_DRIVER_ONLY = 0x1000;
    public const uint CRYPTO_ALG_INTERNAL = 0x2000;
    public const uint CRYPTO_ALG_ALLOCATES_MEMORY = 0x10000;
}

/// <summary>The body of every request and the first part of every answer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_user_alg
{
    public fixed byte cru_name[64];
    public fixed byte cru_driver_name[64];
    public fixed byte cru_module_name[64];
    public uint cru_type;
    public uint cru_mask;
    public uint cru_refcnt;
    public uint cru_flags;
}

/// <summary>CRYPTOCFGA_REPORT_HASH.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_hash
{
    public fixed byte type[64];
    public uint blocksize;
    public uint digestsize;
}

/// <summary>CRYPTOCFGA_REPORT_CIPHER: a single-block cipher, which cannot be bound.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_cipher
{
    public fixed byte type[64];
    public uint blocksize;
    public uint min_keysize;
    public uint max_keysize;
}

/// <summary>CRYPTOCFGA_REPORT_BLKCIPHER: skcipher.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_blkcipher
{
    public fixed byte type[64];
    public fixed byte geniv[64];
    public uint blocksize;
    public uint min_keysize;
    public uint max_keysize;
    public uint ivsize;
}

/// <summary>CRYPTOCFGA_REPORT_AEAD.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_aead
{
    public fixed byte type[64];
    public fixed byte geniv[64];
    public uint blocksize;
    public uint maxauthsize;
    public uint ivsize;
}

/// <summary>CRYPTOCFGA_REPORT_RNG.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_rng
{
    public fixed byte type[64];
    public uint seedsize;
}

/// <summary>CRYPTOCFGA_REPORT_LARVAL, _COMPRESS, _AKCIPHER, _KPP and _ACOMP all have this layout: only the name of the type.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct crypto_report_larval
{
    public fixed byte type[64];
}
