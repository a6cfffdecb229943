using System.Runtime.CompilerServices;
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

    /// <summary>Writes a list of one parameter and the end mark. <paramref name="name"/> must be a literal that ends in NUL.</summary>
    public static void Put(OSSL_PARAM* list, ReadOnlySpan<byte> name, uint type, void* data, int length)
    {
        // SAFETY: a UTF-8 literal lies in the image, not on the heap, and stays where it is.
        list[0] = new OSSL_PARAM
        {
            key = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name)),
            data_type = type,
            data = data,
            data_size = (nuint)length,
            return_size = nuint.MaxValue,
        };
        list[1] = default;
    }
}

/// <summary>openssl/core.h</summary>
internal static partial class LibCrypto
{
    public const uint OSSL_PARAM_UNSIGNED_INTEGER = 2;
    public const uint OSSL_PARAM_UTF8_STRING = 4;
    public const uint OSSL_PARAM_OCTET_STRING = 5;
}
