using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>Translates a failed ioctl into an exception and says what to do about each error number. No other code does this.</summary>
internal static class DevCryptoErrors
{
    private const string Gone =
        "the device is gone: the program that served it has ended, or its module was unloaded; open the session again.";

    private static readonly Dictionary<int, string> s_advice = new()
    {
        [LibC.ENOTCONN] = Gone,
        [LibC.ECONNABORTED] = Gone,
        [LibC.ESHUTDOWN] = Gone,
        [LibC.EPIPE] = Gone,
        [LibC.ENODEV] = Gone,
        [LibC.ENXIO] = Gone,
        [LibC.EBADF] = "the descriptor of the device was closed under this process; open the session again.",
        [LibC.E2BIG] = "the message is longer than this device takes.",
        [LibC.EINVAL] = "the device refused the operation; it may have lost the session, or not support this length.",
        [LibC.EFAULT] = "the device could not reach this process's memory.",
        [LibC.ENOMEM] = "the device is out of memory or its client limits are reached; send shorter messages or dispose sessions.",
        [LibC.ENOBUFS] = "the device has no room for another session; dispose some.",
        [LibC.ENOSYS] = "the kernel driver cannot do this; open the session on another driver.",
        [LibC.EOPNOTSUPP] = "no kernel driver does this; open the session on another driver.",
        [LibC.EIO] = "the hardware behind the device failed; open the session on another driver.",
        [LibC.ETIMEDOUT] = "the hardware behind the device did not answer; open the session on another driver.",
        [LibC.EBUSY] = "the device is busy; repeat the operation.",
        [LibC.EAGAIN] = "the kernel driver behind the session is gone; open the session again.",
        [LibC.ENOENT] = "the kernel driver behind the session is gone; open the session again.",
        [LibC.EBADMSG] = "the device reports a wrong tag where none was compared; its driver is faulty.",
        [LibC.EMFILE] = "this process has too many open descriptors; raise its limit (ulimit -n) or dispose sessions.",
        [LibC.ENFILE] = "the machine has too many open files; raise fs.file-max.",
    };

    /// <summary>Whether the number means that no device answers on this descriptor any more.</summary>
    public static bool MeansLost(int number) =>
        number is LibC.ENOTCONN or LibC.ECONNABORTED or LibC.ESHUTDOWN or LibC.EPIPE or LibC.ENODEV or LibC.ENXIO or LibC.EBADF;

    /// <summary><paramref name="result"/> is a negated error number.</summary>
    public static CryptoDevException Create(string driver, string operation, int result) =>
        new(-result, driver, operation, Advice(-result));

    /// <summary>One sentence about an error number.</summary>
    public static string Advice(int number) => s_advice.GetValueOrDefault(number) ?? $"{new Errno(number).Text}.";
}
