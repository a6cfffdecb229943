using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// The numbers of errno.h and poll.h that a program of <c>/dev/crypto</c> names, for <c>using static</c>: what a <c>DevCryptoFile</c>
/// returns is one of these, negated. They are this system's in every dialect: a BSD's own numbers differ above 34.
/// </summary>
public static class Posix
{
    /// <summary>A bad signature (key operations), or this program may not.</summary>
    public const int EPERM = LibC.EPERM;

    /// <summary>No such device, driver or session.</summary>
    public const int ENOENT = LibC.ENOENT;

    /// <summary>A signal came; repeat the call.</summary>
    public const int EINTR = LibC.EINTR;

    /// <summary>The driver failed.</summary>
    public const int EIO = LibC.EIO;

    /// <summary>The device is closed to users.</summary>
    public const int ENXIO = LibC.ENXIO;

    /// <summary>An operand is longer than any driver takes.</summary>
    public const int E2BIG = LibC.E2BIG;

    /// <summary>The descriptor is not open.</summary>
    public const int EBADF = LibC.EBADF;

    /// <summary>Nothing there yet, or the driver is gone.</summary>
    public const int EAGAIN = LibC.EAGAIN;

    /// <summary>Out of memory, or a limit of this client is reached.</summary>
    public const int ENOMEM = LibC.ENOMEM;

    /// <summary>The device's mode keeps this user out.</summary>
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

    /// <summary>Whoever served the device is gone.</summary>
    public const int EPIPE = LibC.EPIPE;

    /// <summary>The number has no inverse.</summary>
    public const int EDOM = LibC.EDOM;

    /// <summary>The result of a key operation does not fit.</summary>
    public const int ERANGE = LibC.ERANGE;

    /// <summary>Source and destination are one session.</summary>
    public const int EDEADLK = LibC.EDEADLK;

    /// <summary>The driver cannot do that.</summary>
    public const int ENOSYS = LibC.ENOSYS;

    /// <summary>The tag is wrong.</summary>
    public const int EBADMSG = LibC.EBADMSG;

    /// <summary>No driver may serve that.</summary>
    public const int EOPNOTSUPP = LibC.EOPNOTSUPP;

    /// <summary>Whoever served the device went away during the call.</summary>
    public const int ECONNABORTED = LibC.ECONNABORTED;

    /// <summary>No room for another session.</summary>
    public const int ENOBUFS = LibC.ENOBUFS;

    /// <summary>Whoever served the device is gone.</summary>
    public const int ENOTCONN = LibC.ENOTCONN;

    /// <summary>The hardware did not answer.</summary>
    public const int ETIMEDOUT = LibC.ETIMEDOUT;

    /// <summary>The result is not there yet.</summary>
    public const int EINPROGRESS = LibC.EINPROGRESS;

    /// <summary>A result waits.</summary>
    public const short POLLIN = LibC.POLLIN;

    /// <summary>There is room for a request.</summary>
    public const short POLLOUT = LibC.POLLOUT;

    /// <summary>The device is lost.</summary>
    public const short POLLERR = LibC.POLLERR;

    /// <summary>The other end has hung up.</summary>
    public const short POLLHUP = LibC.POLLHUP;

    /// <summary>The descriptor is not open.</summary>
    public const short POLLNVAL = LibC.POLLNVAL;
}
