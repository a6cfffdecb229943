using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// fcntl.h, sys/stat.h, sys/file.h and stdio.h: access to files in an open folder. Names are relative to the folder's descriptor, so that a
/// rename of the folder cannot redirect them.
/// </summary>
internal static unsafe partial class LibC
{
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int O_PATH = 0x200000;

    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    public const uint STATX_BASIC_STATS = 0x7ff;
    public const ushort S_IFMT = 0xf000;
    public const ushort S_IFSOCK = 0xc000;
    public const ushort S_IFREG = 0x8000;
    public const ushort S_IFDIR = 0x4000;

    /// <summary>Variadic in C, as <see cref="open"/>.</summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int openat(int folder, string name, int flags, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdirat(int folder, string name, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlinkat(int folder, string name, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int renameat(int oldFolder, string oldName, int newFolder, string newName);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int linkat(int oldFolder, string oldName, int newFolder, string newName, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int fchmodat(int folder, string name, uint mode, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int fchownat(int folder, string name, uint owner, uint group, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string name, int flags, uint mask, statx* result);

    [LibraryImport("libc")]
    public static partial int flock(int fd, int operation);

    /// <summary>The limit of descriptors of this process: the soft limit of RLIMIT_NOFILE.</summary>
    [LibraryImport("libc")]
    public static partial int getdtablesize();
}

/// <summary>The properties of the file that a name or a descriptor refers to.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct statx
{
    public uint stx_mask;
    public uint stx_blksize;
    public ulong stx_attributes;
    public uint stx_nlink;
    public uint stx_uid;
    public uint stx_gid;
    public ushort stx_mode;
    public ulong stx_ino;
    public ulong stx_size;
    public ulong stx_blocks;
    public ulong stx_attributes_mask;
    public statx_timestamp stx_atime;
    public statx_timestamp stx_btime;
    public statx_timestamp stx_ctime;
    public statx_timestamp stx_mtime;
    public uint stx_rdev_major;
    public uint stx_rdev_minor;
    public uint stx_dev_major;
    public uint stx_dev_minor;
}

/// <summary>A time of <see cref="statx"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct statx_timestamp
{
    public long tv_sec;
    public uint tv_nsec;
    public int __reserved;
}
