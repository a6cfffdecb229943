using System.Collections.Frozen;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// The errno values that a dialect's ioctls (and open) can end with: those of its device and those its drivers are seen to give. What a
/// driver of this library says beyond them is translated, so that a program never meets a number its author had no reason to expect.
/// </summary>
internal sealed class ErrnoTable
{
    /// <summary>
    /// From the device: bad argument or session, bad pointer, no memory, no descriptor, and from any driver, that it broke.
    /// </summary>
    private static readonly int[] s_common = [LibC.EINVAL, LibC.EFAULT, LibC.ENOMEM, LibC.EMFILE, LibC.ENFILE, LibC.EIO];

    /// <summary>
    /// Key operations: bad signature, operand or result without room, too many parameters, no driver, not this driver, a busy one.
    /// </summary>
    private static readonly int[] s_key = [LibC.EPERM, LibC.E2BIG, LibC.ERANGE, LibC.EFBIG, LibC.ENODEV, LibC.EOPNOTSUPP, LibC.EBUSY];

    private static readonly int[] s_bsd = [.. s_common, .. s_key, LibC.ENXIO];

    // EINTR is ours alone: calls that wait can be interrupted here. EOPNOTSUPP stands for a descriptor that cannot be given (CRIOGET).
    private static readonly (DialectInfo Dialect, int[] Known)[] s_tables =
    [
        (DialectInfo.CryptodevLinux, [.. s_common, .. s_key, LibC.EBADMSG, LibC.EDEADLK, LibC.ENOENT, LibC.ENOSYS]),
        (DialectInfo.NetBsd, [.. s_bsd, LibC.ENOBUFS, LibC.ENOSPC, LibC.EINPROGRESS, LibC.EINTR]),
        (DialectInfo.FreeBsd, [.. s_bsd, LibC.EBADMSG, LibC.ENOENT]),
        (DialectInfo.OpenBsd, s_bsd),
    ];

    private static readonly Dictionary<DialectInfo, ErrnoTable> s_byDialect = s_tables.ToDictionary(
        row => row.Dialect,
        row => new ErrnoTable(row.Known)
    );

    private readonly FrozenSet<int> _known;

    private ErrnoTable(IEnumerable<int> known) => _known = known.ToFrozenSet();

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<int> Known => _known;

    public static ErrnoTable For(DialectInfo dialect) => s_byDialect[dialect];

    /// <summary>What a program of the dialect is told when a driver ends with an errno value.</summary>
    public int FromDriver(int errno) =>
        errno == 0 || _known.Contains(errno) ? errno
        : errno is LibC.EDOM or LibC.EBADMSG ? LibC.EINVAL
        : LibC.EIO;
}
