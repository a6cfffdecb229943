using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CryptoDev.Ioctl;

/// <content>The structs, in C spelling. Pointers are <c>nint</c>: addresses in the caller's memory.</content>
public static partial class NetBsd
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

        /// <summary>In: compression id, 0 for none.</summary>
        public uint comp_alg;

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

    /// <summary>Element of <see cref="crypt_sgop"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct session_n_op
    {
        /// <summary>In: cipher id, 0 for none.</summary>
        public uint cipher;

        /// <summary>In: hash or MAC id, 0 for none.</summary>
        public uint mac;

        /// <summary>In: compression id, 0 for none.</summary>
        public uint comp_alg;

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

        /// <summary>Out: errno of this element.</summary>
        public int status;
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

        /// <summary>
        /// In: the size of the destination for decompression, 0 for <see cref="len"/>. Out: the length of a compressor's output.
        /// </summary>
        public uint dst_len;
    }

    /// <summary>Element of <see cref="crypt_mop"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_n_op
    {
        /// <summary>The session.</summary>
        public uint ses;

        /// <summary><c>COP_*</c>.</summary>
        public ushort op;

        /// <summary><c>COP_F_*</c>.</summary>
        public ushort flags;

        /// <summary>Bytes at <see cref="src"/>.</summary>
        public uint len;

        /// <summary>Out: the request id.</summary>
        public uint reqid;

        /// <summary>Out: 0 if the operation was accepted, otherwise an errno.</summary>
        public int status;

        /// <summary>Returned in <see cref="crypt_result"/>.</summary>
        public nint opaque;

        /// <summary>Ignored.</summary>
        public uint keylen;

        /// <summary>Ignored.</summary>
        public nint key;

        /// <summary>Ignored.</summary>
        public uint mackeylen;

        /// <summary>Ignored.</summary>
        public nint mackey;

        /// <summary>The input.</summary>
        public nint src;

        /// <summary>The output.</summary>
        public nint dst;

        /// <summary>The digest or MAC.</summary>
        public nint mac;

        /// <summary>The IV.</summary>
        public nint iv;

        /// <summary>In: the size of the destination for decompression.</summary>
        public uint dst_len;
    }

    /// <summary>Argument of <c>CIOCNGSESSION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_sgop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="session_n_op"/>.</summary>
        public nint sessions;
    }

    /// <summary>Argument of <c>CIOCNFSESSION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_sfop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of session ids, <c>u32</c> each.</summary>
        public nint sesid;
    }

    /// <summary>Argument of <c>CIOCNCRYPTM</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_mop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="crypt_n_op"/>.</summary>
        public nint reqs;
    }

    /// <summary>Argument of <c>CIOCNFKEYM</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_mkop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="crypt_n_kop"/>.</summary>
        public nint reqs;
    }

    /// <summary>Argument of <c>CIOCNCRYPTRETM</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct cryptret : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="crypt_result"/>.</summary>
        public nint results;
    }

    /// <summary>Argument of <c>CIOCNCRYPTRET</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_result : IArgument
    {
        /// <summary>The request.</summary>
        public uint reqid;

        /// <summary>Out: an errno. Set it to 0 before the call.</summary>
        public uint status;

        /// <summary>Out: the cookie that was given with the operation.</summary>
        public nint opaque;
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

    /// <summary>Argument of <c>CIOCKEY</c>.</summary>
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

    /// <summary>Element of <see cref="crypt_mkop"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct crypt_n_kop
    {
        /// <summary><c>CRK_*</c>.</summary>
        public uint crk_op;

        /// <summary>Out: status.</summary>
        public uint crk_status;

        /// <summary>Number of inputs.</summary>
        public ushort crk_iparams;

        /// <summary>Number of outputs.</summary>
        public ushort crk_oparams;

        /// <summary>Out: the request id.</summary>
        public uint crk_reqid;

        /// <summary>Inputs, then outputs; unused ones must be zero.</summary>
        public crparam_array crk_param;

        /// <summary>Returned in <see cref="crypt_result"/>.</summary>
        public nint crk_opaque;
    }

    /// <summary><c>struct crparam[CRK_MAXPARAM]</c>.</summary>
    [InlineArray(8)]
    public struct crparam_array
    {
        private crparam _first;
    }
}
