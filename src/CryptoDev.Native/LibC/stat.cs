using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/stat.h and grp.h: the permissions of a node.</summary>
internal static unsafe partial class LibC
{
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chmod(string path, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chown(string path, uint owner, uint group);

    /// <summary>Not thread-safe: the result is in static memory of libc.</summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial group* getgrnam(string name);
}

/// <summary>A group of users.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct group
{
    public byte* gr_name;
    public byte* gr_passwd;
    public uint gr_gid;
    public byte** gr_mem;
}
