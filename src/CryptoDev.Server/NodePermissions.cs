using System.Globalization;
using CryptoDev.Native;

namespace CryptoDev.Server;

/// <summary>Sets the permissions of a device node or a socket.</summary>
internal static class NodePermissions
{
    /// <summary>Sets the permission bits, and the group if one is given.</summary>
    /// <exception cref="FrontEndException">There is no such group, or the system refuses.</exception>
    public static void Apply(string path, int mode, string? group)
    {
        // Set the group first: until the permission bits are set, only root can open the node.
        if (group is not null && LibC.chown(path, uint.MaxValue, GroupNumber(group)) != 0)
        {
            throw Refused(path, $"be given to group {group}");
        }

        if (LibC.chmod(path, (uint)mode) != 0)
        {
            throw Refused(path, $"get mode {Convert.ToString(mode, 8)}");
        }
    }

    /// <summary>The number of a group given by name or number.</summary>
    /// <exception cref="FrontEndException">There is no such group.</exception>
    public static unsafe uint GroupNumber(string group)
    {
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return number;
        }

        // SAFETY: the record lies in libc until the next call of this function, and front ends start one after the other.
        group* found = LibC.getgrnam(group);
        return found is not null
            ? found->gr_gid
            : throw new FrontEndException(
                FrontEndFailure.Usage,
                $"there is no group '{group}' on this machine; give the name of one, or a number."
            );
    }

    private static FrontEndException Refused(string path, string what) =>
        new(FrontEndFailure.InputOutput, $"{path} cannot {what}: {Errno.Last().Text}.");
}
