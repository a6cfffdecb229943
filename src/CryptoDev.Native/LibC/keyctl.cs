using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>linux/keyctl.h. libc has no wrapper and libkeyutils is not always installed, so both calls use syscall(2).</summary>
internal static unsafe partial class LibC
{
    public const int KEY_SPEC_THREAD_KEYRING = -1;
    public const int KEY_SPEC_PROCESS_KEYRING = -2;
    public const int KEY_SPEC_SESSION_KEYRING = -3;
    public const int KEY_SPEC_USER_KEYRING = -4;

    public const int KEYCTL_GET_KEYRING_ID = 0;
    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    public const int KEYCTL_UPDATE = 2;
    public const int KEYCTL_REVOKE = 3;
    public const int KEYCTL_SETPERM = 5;
    public const int KEYCTL_DESCRIBE = 6;
    public const int KEYCTL_CLEAR = 7;
    public const int KEYCTL_LINK = 8;
    public const int KEYCTL_UNLINK = 9;
    public const int KEYCTL_SEARCH = 10;
    public const int KEYCTL_READ = 11;
    public const int KEYCTL_SET_TIMEOUT = 15;
    public const int KEYCTL_INVALIDATE = 21;
    public const int KEYCTL_DH_COMPUTE = 23;
    public const int KEYCTL_PKEY_QUERY = 24;
    public const int KEYCTL_PKEY_ENCRYPT = 25;
    public const int KEYCTL_PKEY_DECRYPT = 26;
    public const int KEYCTL_PKEY_SIGN = 27;
    public const int KEYCTL_PKEY_VERIFY = 28;
    public const int KEYCTL_CAPABILITIES = 31;

    public const int KEYCTL_SUPPORTS_ENCRYPT = 1;
    public const int KEYCTL_SUPPORTS_DECRYPT = 2;
    public const int KEYCTL_SUPPORTS_SIGN = 4;
    public const int KEYCTL_SUPPORTS_VERIFY = 8;

    public const int KEYCTL_CAPS0_DIFFIE_HELLMAN = 4;
    public const int KEYCTL_CAPS0_PUBLIC_KEY = 8;

    /// <summary>add_key(2): the serial number of the new key, or -1.</summary>
    public static int add_key(byte* type, byte* description, void* payload, nuint length, int keyring) =>
        (int)syscall(SYS_add_key.Current, (nint)type, (nint)description, (nint)payload, (nint)length, keyring);

    /// <summary>keyctl(2).</summary>
    public static nint keyctl(int operation, nint argument2, nint argument3, nint argument4, nint argument5) =>
        syscall(SYS_keyctl.Current, operation, argument2, argument3, argument4, argument5);
}

/// <summary>Serial numbers of the keys that hold exponent, modulus and base, in this order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct keyctl_dh_params
{
    public int @private;
    public int prime;
    public int @base;
}

/// <summary>Key derivation over the result of KEYCTL_DH_COMPUTE.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct keyctl_kdf_params
{
    public byte* hashname;
    public byte* otherinfo;
    public uint otherinfolen;
    public fixed uint __spare[8];
}

/// <summary>The result of KEYCTL_PKEY_QUERY.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct keyctl_pkey_query
{
    public uint supported_ops;
    public uint key_size;
    public ushort max_data_size;
    public ushort max_sig_size;
    public ushort max_enc_size;
    public ushort max_dec_size;
    public fixed uint __spare[10];
}

/// <summary>The argument of KEYCTL_PKEY_ENCRYPT, DECRYPT, SIGN and VERIFY.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct keyctl_pkey_params
{
    [FieldOffset(0)]
    public int key_id;

    [FieldOffset(4)]
    public uint in_len;

    [FieldOffset(8)]
    public uint out_len;

    [FieldOffset(8)]
    public uint in2_len;

    [FieldOffset(12)]
    public fixed uint __spare[7];
}
