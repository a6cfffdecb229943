using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CryptoDev.Ioctl;

/// <content>The structs, in C spelling. Pointers are <c>nint</c>: addresses in the caller's memory.</content>
public static partial class FreeBsd
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
        public int mackeylen;

        /// <summary>In: the MAC key.</summary>
        public nint mackey;

        /// <summary>Out: the session id.</summary>
        public uint ses;
    }

    /// <summary>Argument of <c>CIOCGSESSION2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct session2_op : IArgument
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
        public int mackeylen;

        /// <summary>In: the MAC key.</summary>
        public nint mackey;

        /// <summary>Out: the session id.</summary>
        public uint ses;

        /// <summary>In: a driver id or <c>CRYPTO_FLAG_*</c>. Out: the driver's id.</summary>
        public int crid;

        /// <summary>In: the length of the nonce in bytes, 0 for the default. It must be 0 before FreeBSD 14.</summary>
        public int ivlen;

        /// <summary>In: the length of the tag in bytes, 0 for all. It must be 0 before FreeBSD 14.</summary>
        public int maclen;

        /// <summary>Zero.</summary>
        public pad_array pad;
    }

    /// <summary>Argument of <c>CIOCCRYPT</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_op : IArgument
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary><c>COP_*</c>.</summary>
        public ushort op;

        /// <summary><c>COP_F_*</c>.</summary>
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

    /// <summary>Argument of <c>CIOCCRYPTAEAD</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_aead : IArgument
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary><c>COP_*</c>.</summary>
        public ushort op;

        /// <summary><c>COP_F_*</c>.</summary>
        public ushort flags;

        /// <summary>The number of bytes at <see cref="src"/>, without the tag.</summary>
        public uint len;

        /// <summary>Bytes of associated data.</summary>
        public uint aadlen;

        /// <summary>Bytes of the nonce.</summary>
        public uint ivlen;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output.</summary>
        public nint dst;

        /// <summary>The associated data.</summary>
        public nint aad;

        /// <summary>The tag.</summary>
        public nint tag;

        /// <summary>The nonce.</summary>
        public nint iv;
    }

    /// <summary>Argument of <c>CIOCFINDDEV</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_find_op : IArgument
    {
        /// <summary>-1 to find a driver by name, otherwise the id of the driver.</summary>
        public int crid;

        /// <summary>The driver's name, ended by a zero byte.</summary>
        public name_array name;
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

    /// <summary>Argument of <c>CIOCKEY</c> and <c>CIOCKEY2</c>.</summary>
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

        /// <summary><c>CIOCKEY2</c>: in, a driver id or <c>CRYPTO_FLAG_*</c>; out, the driver's id.</summary>
        public uint crk_crid;

        /// <summary>Inputs, then outputs; unused ones must be zero.</summary>
        public crparam_array crk_param;
    }

    /// <summary><c>struct crparam[CRK_MAXPARAM]</c>.</summary>
    [InlineArray(8)]
    public struct crparam_array
    {
        private crparam _first;
    }

    /// <summary><c>char[32]</c>.</summary>
    [InlineArray(32)]
    public struct name_array
    {
        private byte _first;
    }

    /// <summary><c>int[2]</c>.</summary>
    [InlineArray(2)]
    public struct pad_array
    {
        private int _first;
    }
}
