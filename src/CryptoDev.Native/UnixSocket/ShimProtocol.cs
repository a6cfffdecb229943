using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>The messages between the preloaded shim and the server, as in native/cryptodev-shim/src/protocol.h.</summary>
internal static class ShimProtocol
{
    public const uint CDS_MAGIC = 0x31534443;
    public const int CDS_VERSION = 3;

    public const int CDS_MARK = 0x43445301;

    public const int CDS_SEGMENTS = 64;
    public const int CDS_MESSAGE = 128 << 10;
    public const int CDS_PIECE = 16 << 10;
    public const int CDS_SHARED_MOST = 64 << 20;
    public const int CDS_MAP_MOST = 16 << 10;
    public const int CDS_CHANNELS = 64;

    public const byte CDS_OPEN = 1;
    public const byte CDS_CHANNEL = 2;
    public const byte CDS_SYSCTL = 11;

    public const uint CDS_IOCTL = 3;
    public const uint CDS_DATA = 4;
    public const uint CDS_FAULT = 5;
    public const uint CDS_INSTALLED = 6;
    public const uint CDS_SHARE = 7;
    public const uint CDS_READINESS = 8;
    public const uint CDS_PING = 9;
    public const uint CDS_DESCRIBE = 10;

    public const uint CDS_WELCOME = 16;
    public const uint CDS_DONE = 17;
    public const uint CDS_NEED = 18;
    public const uint CDS_INSTALL = 19;
    public const uint CDS_SHARED = 20;
    public const uint CDS_EVENTS = 21;
    public const uint CDS_WRITES = 22;
    public const uint CDS_PONG = 23;
    public const uint CDS_MAP = 24;
    public const uint CDS_VALUE = 25;

    public const uint CDS_OLD = 1;
    public const uint CDS_NEW = 2;
    public const int CDS_NAME_MOST = 64;
    public const int CDS_VALUE_MOST = 512;

    public const uint CDS_IN = 1;
    public const uint CDS_OUT = 2;
    public const uint CDS_PLACED = 4;
    public const uint CDS_CACHED = 8;
    public const uint CDS_ARRAY = 16;
    public const uint CDS_PARAM = 32;

    public const byte CDS_UNIT_BYTES = 0;
    public const byte CDS_UNIT_BITS = 1;
    public const byte CDS_UNIT_ELEMENTS = 2;
}

/// <summary>The message of a client on a control socket. It asks for a channel, or begins a sysctl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_hello
{
    public uint magic;
    public ushort version;
    public byte type;
    public byte zero;
    public ulong reserved;
}

/// <summary>A sysctl. It follows the hello; the name and the new value follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_sysctl
{
    public ulong room;
    public ulong new_length;
    public uint flags;
    public uint numbers;
    public uint name_length;
    public uint word_size;
}

/// <summary>An ioctl. The segments and their bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_call
{
    public uint type;
    public uint request;
    public ulong argument;
    public uint segments;
    public uint word_size;
}

/// <summary>A piece of the caller's memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_segment
{
    public ulong address;
    public uint length;
    public uint flags;
    public ulong place;
}

/// <summary>Every other message that a client sends.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_answer
{
    public uint type;
    public int value;
    public ulong size;
}

/// <summary>The header of every message that a server sends.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_reply
{
    public uint type;
    public int result;
    public ulong address;
    public uint length;
    public uint count;
    public ulong filled;
}

/// <summary>One ioctl in the map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_map_entry
{
    public uint request;
    public ushort size;
    public byte direction;
    public byte reserved;
    public ushort first;
    public ushort fields;
}

/// <summary>One pointer in the map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cds_map_field
{
    public ushort pointer;
    public ushort length;
    public byte width;
    public byte unit;
    public ushort flags;
    public uint size;
    public ushort first;
    public ushort fields;
    public ushort low;
    public ushort high;
    public ushort index;
    public ushort reserved;
}
