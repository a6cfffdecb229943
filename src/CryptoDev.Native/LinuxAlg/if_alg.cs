using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>linux/if_alg.h.</summary>
internal static class LinuxAlg
{
    public const int ALG_SET_KEY = 1;
    public const int ALG_SET_IV = 2;
    public const int ALG_SET_OP = 3;
    public const int ALG_SET_AEAD_ASSOCLEN = 4;
    public const int ALG_SET_AEAD_AUTHSIZE = 5;
    public const int ALG_SET_DRBG_ENTROPY = 6;
    public const int ALG_SET_KEY_BY_KEY_SERIAL = 7;

    public const uint ALG_OP_DECRYPT = 0;
    public const uint ALG_OP_ENCRYPT = 1;
}

/// <summary>
/// The address of an algorithm. The kernel overwrites the last byte with NUL, so the length given to bind must include a NUL.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sockaddr_alg
{
    public ushort salg_family;
    public fixed byte salg_type[14];
    public uint salg_feat;
    public uint salg_mask;
    public fixed byte salg_name[64];
}

/// <summary>The header of an IV record. The bytes of the IV follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct af_alg_iv
{
    public uint ivlen;
}
