using System.Globalization;

namespace CryptoDev.Native;

/// <summary>Names in a folder that is held open, so that nobody who renames things can lead elsewhere.</summary>
internal static unsafe class FolderEntry
{
    /// <summary>What stands under a name; a link is not followed. False: nothing can be seen there, and why.</summary>
    public static bool TryLook(SafeFileDescriptorHandle folder, string name, out FileIdentity found, out Errno error)
    {
        statx status;
        bool fine =
            LibC.statx(folder.Descriptor, name, LibC.AT_SYMLINK_NOFOLLOW | LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) == 0;
        error = fine ? default : Errno.Last();
        found = fine ? new FileIdentity(status) : default;
        return fine;
    }

    /// <summary>A path to a name in an open folder, for system calls that take nothing else.</summary>
    public static string PathOf(SafeFileDescriptorHandle folder, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{folder.Descriptor}/{name}");

    /// <summary>Opens a folder that this process has just made; null where it is another, or others may write in it.</summary>
    public static SafeFileDescriptorHandle? OpenPrivate(SafeFileDescriptorHandle parent, string name)
    {
        int opened = LibC.openat(parent.Descriptor, name, LibC.O_PATH | LibC.O_CLOEXEC, 0);
        if (opened < 0)
        {
            return null;
        }

        SafeFileDescriptorHandle folder = new(opened);
        if (
            TryLook(folder, "", out FileIdentity itself, out _)
            && TryLook(parent, name, out FileIdentity named, out _)
            && itself.IsSame(named)
            && itself.IsPrivateFolder
        )
        {
            return folder;
        }

        folder.Dispose();
        return null;
    }
}
