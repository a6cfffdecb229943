using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>openssl/core.h: <c>struct ossl_param_st</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OSSL_PARAM
{
    public byte* key;
    public uint data_type;
    public void* data;
    public nuint data_size;
    public nuint return_size;
}

/// <summary>openssl/core.h</summary>
internal static partial class LibCrypto
{
    public const uint OSSL_PARAM_UTF8_STRING = 4;
}
