using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>The part of linux/netlink.h that a crypto_user dump needs.</summary>
internal static class Netlink
{
    public const int NETLINK_CRYPTO = 21;

    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_MULTI = 0x2;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_DUMP = 0x300;

    public const ushort NLMSG_NOOP = 1;
    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLMSG_OVERRUN = 4;
    public const int NLMSG_ALIGNTO = 4;
    public const ushort NLA_F_NESTED = 0x8000;
    public const ushort NLA_F_NET_BYTEORDER = 0x4000;

    /// <summary>The number of an attribute without its two flag bits.</summary>
    public static int AttributeType(nlattr head) => head.nla_type & ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER);

    /// <summary>Records and attributes both start on multiples of four.</summary>
    public static int Align(int length) => (length + NLMSG_ALIGNTO - 1) & ~(NLMSG_ALIGNTO - 1);
}

/// <summary>The header of a message. <see cref="nlmsg_len"/> includes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlmsghdr
{
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

/// <summary>The header of an attribute. <see cref="nla_len"/> includes it, but not the padding.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct nlattr
{
    public ushort nla_len;
    public ushort nla_type;
}
