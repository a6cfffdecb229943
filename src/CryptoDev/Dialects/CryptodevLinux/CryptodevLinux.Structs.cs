using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CryptoDev.Ioctl;

/// <content>The structs, in C spelling. Pointers are <c>nint</c>: addresses in the caller's memory.</content>
public static partial class CryptodevLinux
{
    /// <summary>Marks a struct that an ioctl of this dialect takes. Structs that are only pointed to do not have it.</summary>
    public interface IArgument;

    /// <summary>Argument of <c>CIOCGSESSION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct session_op : IArgument
    {
        /// <summary>In: cipher id, 0 for none.</summary>
        public uint cipher;

        /// <summary>In: hash or MAC id, 0 for none.</summary>
        public uint mac;

        /// <summary>In: bytes of the cipher key.</summary>
        public uint keylen;

        /// <summary>In: the cipher key.</summary>
        public nint key;

        /// <summary>In: bytes of the MAC key.</summary>
        public uint mackeylen;

        /// <summary>In: the MAC key.</summary>
        public nint mackey;

        /// <summary>Out: the session id.</summary>
        public uint ses;
    }

    /// <summary>Argument of <c>CIOCCRYPT</c>, <c>CIOCASYNCCRYPT</c> and <c>CIOCASYNCFETCH</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_op : IArgument
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary><c>COP_*</c>.</summary>
        public ushort op;

        /// <summary><c>COP_FLAG_*</c>. The kernel writes this field, so set it before every call.</summary>
        public ushort flags;

        /// <summary>Bytes at <see cref="src"/>.</summary>
        public uint len;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output; 0 discards it.</summary>
        public nint dst;

        /// <summary>The digest or MAC.</summary>
        public nint mac;

        /// <summary>The IV. What 0 means depends on the dialect.</summary>
        public nint iv;
    }

    /// <summary>Argument of <c>CIOCAUTHCRYPT</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_auth_op : IArgument
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary><c>COP_*</c>.</summary>
        public ushort op;

        /// <summary><c>COP_FLAG_*</c>.</summary>
        public ushort flags;

        /// <summary>In: the number of bytes at <see cref="src"/>. Out: the length of the result in bytes.</summary>
        public uint len;

        /// <summary>Bytes of associated data.</summary>
        public uint auth_len;

        /// <summary>The associated data.</summary>
        public nint auth_src;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output.</summary>
        public nint dst;

        /// <summary>In: the address of the tag. Out: where it was written.</summary>
        public nint tag;

        /// <summary>The length of the tag in bytes. 0: the session's.</summary>
        public uint tag_len;

        /// <summary>The IV.</summary>
        public nint iv;

        /// <summary>The length of the IV in bytes. The kernel ignores it.</summary>
        public uint iv_len;
    }

    /// <summary>A pair of kernel algorithm names.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct alg_info
    {
        /// <summary>The algorithm, for example <c>cbc(aes)</c>.</summary>
        public alg_name cra_name;

        /// <summary>The kernel driver of the algorithm.</summary>
        public alg_name cra_driver_name;
    }

    /// <summary>Argument of <c>CIOCGSESSINFO</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct session_info_op : IArgument
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary>Out: the cipher.</summary>
        public alg_info cipher_info;

        /// <summary>Out: the hash.</summary>
        public alg_info hash_info;

        /// <summary>Out: the driver's alignment less one.</summary>
        public ushort alignmask;

        /// <summary>Out: <c>SIOP_FLAG_*</c>.</summary>
        public uint flags;
    }

    /// <summary>Argument of <c>CIOCCPHASH</c>; the destination comes first.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct cphash_op : IArgument
    {
        /// <summary>The session that gets the state.</summary>
        public uint dst_ses;

        /// <summary>The session whose state is copied.</summary>
        public uint src_ses;
    }

    /// <summary>One big number of a key operation.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crparam
    {
        /// <summary>Little-endian bytes.</summary>
        public nint crp_p;

        /// <summary>In bits: the significant bits of an input, or the size of the buffer of an output.</summary>
        public uint crp_nbits;
    }

    /// <summary>Argument of <c>CIOCKEY</c>. The header defines it, and the module returns EINVAL.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_kop : IArgument
    {
        /// <summary><c>CRK_*</c>.</summary>
        public uint crk_op;

        /// <summary>Out: status.</summary>
        public uint crk_status;

        /// <summary>Number of inputs.</summary>
        public ushort crk_iparams;

        /// <summary>Number of outputs.</summary>
        public ushort crk_oparams;

        /// <summary>Zero.</summary>
        public uint crk_pad1;

        /// <summary>Inputs, then outputs; unused ones must be zero.</summary>
        public crparam_array crk_param;
    }

    /// <summary><c>char[CRYPTODEV_MAX_ALG_NAME]</c>, ended by a zero byte.</summary>
    [InlineArray(64)]
    public struct alg_name
    {
        private byte _first;
    }

    /// <summary><c>struct crparam[CRK_MAXPARAM]</c>.</summary>
    [InlineArray(8)]
    public struct crparam_array
    {
        private crparam _first;
    }
}
