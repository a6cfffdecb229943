using System.Runtime.InteropServices;

namespace CryptoDev.Ioctl;

/// <content>The structs that programs built for NetBSD 5.0 and before pass to kernels with COMPAT_50.</content>
public static partial class NetBsd
{
    /// <summary>COMPAT_50: argument of <c>OCIOCGSESSION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct osession_op : IArgument
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

    /// <summary>COMPAT_50: element of <see cref="ocrypt_sgop"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct osession_n_op
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

        /// <summary>Out: errno of this element.</summary>
        public int status;
    }

    /// <summary>COMPAT_50: argument of <c>OCIOCCRYPT</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ocrypt_op : IArgument
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

    /// <summary>COMPAT_50: element of <see cref="ocrypt_mop"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ocrypt_n_op
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
    }

    /// <summary>COMPAT_50: argument of <c>OCIOCNGSESSION</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ocrypt_sgop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="osession_n_op"/>.</summary>
        public nint sessions;
    }

    /// <summary>COMPAT_50: argument of <c>OCIOCNCRYPTM</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ocrypt_mop : IArgument
    {
        /// <summary>Number of elements.</summary>
        public nuint count;

        /// <summary>Array of <see cref="ocrypt_n_op"/>.</summary>
        public nint reqs;
    }
}
