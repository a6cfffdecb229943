using System.Globalization;

namespace CryptoDev.Native;

/// <summary>Access to names in a folder that is held open, so that a rename cannot redirect them.</summary>
internal static unsafe class FolderEntry
{
    /// <summary>Looks up the file with a name, without following a link. False and the error if it cannot be read.</summary>
    public static bool TryLook(SafeFileDescriptorHandle folder, string name, out FileIdentity found, out Errno error)
    {
        statx status;
        bool fine =
            LibC.statx(folder.Descriptor, name, LibC.AT_SYMLINK_NOFOLLOW | LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) == 0;
        error = fine ? default : Errno.Last();
        found = fine ? new FileIdentity(status) : default;
        return fine;
    }

    /// <summary>A path to a name in an open folder, for system calls that accept only paths.</summary>
    public static string PathOf(SafeFileDescriptorHandle folder, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{folder.Descriptor}/{name}");

    /// <summary>Opens a folder that this process has just made. Null if it is another folder, or if others may write in it.</summary>
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
