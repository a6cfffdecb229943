using System.Collections.Frozen;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// The errno values that a dialect's ioctls and open can return: those of its device, and those of its drivers. Other values of this
/// library's drivers are translated, so that a program never gets a number that its author did not expect.
/// </summary>
internal sealed class ErrnoTable
{
    /// <summary>Of the device: bad argument or session, bad address, no memory, no descriptor. Of any driver: it failed (EIO).</summary>
    private static readonly int[] s_common = [LibC.EINVAL, LibC.EFAULT, LibC.ENOMEM, LibC.EMFILE, LibC.ENFILE, LibC.EIO];

    /// <summary>
    /// Of key operations: invalid signature, operand or result too long, too many parameters, no driver, not this driver, driver busy.
    /// </summary>
    private static readonly int[] s_key = [LibC.EPERM, LibC.E2BIG, LibC.ERANGE, LibC.EFBIG, LibC.ENODEV, LibC.EOPNOTSUPP, LibC.EBUSY];

    private static readonly int[] s_bsd = [.. s_common, .. s_key, LibC.ENXIO];

    // ENOTTY is from systems that refuse an argument longer than a page. EINTR is not from the kernels: here a call that waits can be
    // interrupted. EOPNOTSUPP means that CRIOGET cannot give a descriptor.
    private static readonly (DialectInfo Dialect, int[] Known)[] s_tables =
    [
        (DialectInfo.CryptodevLinux, [.. s_common, .. s_key, LibC.EBADMSG, LibC.EDEADLK, LibC.ENOENT, LibC.ENOSYS]),
        (DialectInfo.NetBsd, [.. s_bsd, LibC.ENOBUFS, LibC.ENOSPC, LibC.EINPROGRESS, LibC.EINTR, LibC.ENOTTY]),
        (DialectInfo.FreeBsd, [.. s_bsd, LibC.EBADMSG, LibC.ENOENT]),
        (DialectInfo.OpenBsd, [.. s_bsd, LibC.ENOTTY]),
    ];

    private static readonly Dictionary<DialectInfo, ErrnoTable> s_byDialect = s_tables.ToDictionary(
        row => row.Dialect,
        row => new ErrnoTable(row.Known)
    );

    private readonly FrozenSet<int> _known;

    private ErrnoTable(IEnumerable<int> known) => _known = known.ToFrozenSet();

    /// <summary>All values.</summary>
    public IReadOnlyCollection<int> Known => _known;

    public static ErrnoTable For(DialectInfo dialect) => s_byDialect[dialect];

    /// <summary>The errno that a program of the dialect gets when a driver fails with <paramref name="errno"/>.</summary>
    public int FromDriver(int errno) =>
        errno == 0 || _known.Contains(errno) ? errno
        : errno is LibC.EDOM or LibC.EBADMSG ? LibC.EINVAL
        : LibC.EIO;
}
