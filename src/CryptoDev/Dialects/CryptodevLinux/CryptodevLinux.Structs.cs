using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CryptoDev.Ioctl;

/// <content>The structs, in C spelling. Pointers are <c>nint</c>: addresses in the caller's memory.</content>
public static partial class CryptodevLinux
{
    /// <summary>A struct that an ioctl of this dialect takes; those that are only pointed to are none.</summary>
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

        /// <summary><c>COP_FLAG_*</c>; the kernel writes them back, so set them before every call.</summary>
        public ushort flags;

        /// <summary>Bytes at <see cref="src"/>.</summary>
        public uint len;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output; 0 discards it.</summary>
        public nint dst;

        /// <summary>The digest or MAC.</summary>
        public nint mac;

        /// <summary>The IV; the dialects differ in what 0 means.</summary>
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

        /// <summary>Bytes at <see cref="src"/>; out: bytes of the result.</summary>
        public uint len;

        /// <summary>Bytes of associated data.</summary>
        public uint auth_len;

        /// <summary>The associated data.</summary>
        public nint auth_src;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output.</summary>
        public nint dst;

        /// <summary>The tag; out: where it was written.</summary>
        public nint tag;

        /// <summary>Bytes of the tag; 0: as the session has it.</summary>
        public uint tag_len;

        /// <summary>The IV.</summary>
        public nint iv;

        /// <summary>Bytes of the IV; the kernel ignores it.</summary>
        public uint iv_len;
    }

    /// <summary>A pair of kernel algorithm names.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct alg_info
    {
        /// <summary>The algorithm, for example <c>cbc(aes)</c>.</summary>
        public alg_name cra_name;

        /// <summary>The kernel driver behind it.</summary>
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

        /// <summary>Out: the alignment the driver wants, less one.</summary>
        public ushort alignmask;

        /// <summary>Out: <c>SIOP_FLAG_*</c>.</summary>
        public uint flags;
    }

    /// <summary>Argument of <c>CIOCCPHASH</c>; the destination comes first.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct cphash_op : IArgument
    {
        /// <summary>The session that takes the state.</summary>
        public uint dst_ses;

        /// <summary>The session that gives it.</summary>
        public uint src_ses;
    }

    /// <summary>One big number of a key operation.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crparam
    {
        /// <summary>Little-endian bytes.</summary>
        public nint crp_p;

        /// <summary>Bits: significant ones in, capacity for out.</summary>
        public uint crp_nbits;
    }

    /// <summary>Argument of <c>CIOCKEY</c>, which the kernel module defines and does not answer.</summary>
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
