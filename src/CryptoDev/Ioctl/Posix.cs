using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// The numbers of errno.h and poll.h that programs for <c>/dev/crypto</c> use, for <c>using static</c>. A <c>DevCryptoFile</c> returns one
/// of these errno values, negated. In every dialect they have this system's numbers. A BSD's own numbers are different above 34.
/// </summary>
public static class Posix
{
    /// <summary>A signature of a key operation is not valid, or the program has no permission.</summary>
    public const int EPERM = LibC.EPERM;

    /// <summary>No such device, driver or session.</summary>
    public const int ENOENT = LibC.ENOENT;

    /// <summary>A signal interrupted the call. Repeat the call.</summary>
    public const int EINTR = LibC.EINTR;

    /// <summary>The driver failed.</summary>
    public const int EIO = LibC.EIO;

    /// <summary>The device is closed to users.</summary>
    public const int ENXIO = LibC.ENXIO;

    /// <summary>An operand is longer than any driver takes.</summary>
    public const int E2BIG = LibC.E2BIG;

    /// <summary>The descriptor is not open.</summary>
    public const int EBADF = LibC.EBADF;

    /// <summary>There is no result yet, or the driver is gone.</summary>
    public const int EAGAIN = LibC.EAGAIN;

    /// <summary>Out of memory, or a limit of this client is reached.</summary>
    public const int ENOMEM = LibC.ENOMEM;

    /// <summary>This user has no permission to open the device.</summary>
    public const int EACCES = LibC.EACCES;

    /// <summary>An address is bad.</summary>
    public const int EFAULT = LibC.EFAULT;

    /// <summary>The queue is full.</summary>
    public const int EBUSY = LibC.EBUSY;

    /// <summary>No driver has the operation.</summary>
    public const int ENODEV = LibC.ENODEV;

    /// <summary>No such algorithm, session or length.</summary>
    public const int EINVAL = LibC.EINVAL;

    /// <summary>The machine has too many open files.</summary>
    public const int ENFILE = LibC.ENFILE;

    /// <summary>This process has too many open files.</summary>
    public const int EMFILE = LibC.EMFILE;

    /// <summary>The device has no such request.</summary>
    public const int ENOTTY = LibC.ENOTTY;

    /// <summary>Too many parameters.</summary>
    public const int EFBIG = LibC.EFBIG;

    /// <summary>The result does not fit.</summary>
    public const int ENOSPC = LibC.ENOSPC;

    /// <summary>The server of the device is gone.</summary>
    public const int EPIPE = LibC.EPIPE;

    /// <summary>The number has no inverse.</summary>
    public const int EDOM = LibC.EDOM;

    /// <summary>The result of a key operation does not fit.</summary>
    public const int ERANGE = LibC.ERANGE;

    /// <summary>Source and destination are the same session.</summary>
    public const int EDEADLK = LibC.EDEADLK;

    /// <summary>The driver does not have this operation.</summary>
    public const int ENOSYS = LibC.ENOSYS;

    /// <summary>The tag is wrong.</summary>
    public const int EBADMSG = LibC.EBADMSG;

    /// <summary>No allowed driver has this.</summary>
    public const int EOPNOTSUPP = LibC.EOPNOTSUPP;

    /// <summary>The server of the device ended during the call.</summary>
    public const int ECONNABORTED = LibC.ECONNABORTED;

    /// <summary>The limit of sessions is reached.</summary>
    public const int ENOBUFS = LibC.ENOBUFS;

    /// <summary>The server of the device is gone.</summary>
    public const int ENOTCONN = LibC.ENOTCONN;

    /// <summary>The hardware did not answer.</summary>
    public const int ETIMEDOUT = LibC.ETIMEDOUT;

    /// <summary>There is no result yet.</summary>
    public const int EINPROGRESS = LibC.EINPROGRESS;

    /// <summary>A result can be fetched.</summary>
    public const short POLLIN = LibC.POLLIN;

    /// <summary>Another request would be accepted.</summary>
    public const short POLLOUT = LibC.POLLOUT;

    /// <summary>The device is lost.</summary>
    public const short POLLERR = LibC.POLLERR;

    /// <summary>The other end has hung up.</summary>
    public const short POLLHUP = LibC.POLLHUP;

    /// <summary>The descriptor is not open.</summary>
    public const short POLLNVAL = LibC.POLLNVAL;
}
