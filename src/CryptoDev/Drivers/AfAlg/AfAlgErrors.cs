using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>Translates a failed call into an exception and says what to do about each error number. No other code does this.</summary>
internal static class AfAlgErrors
{
    private static readonly Dictionary<int, string> s_advice = new()
    {
        [LibC.EMFILE] = "this process has too many open descriptors; raise its limit (ulimit -n) or dispose sessions.",
        [LibC.ENFILE] = "the machine has too many open files; raise fs.file-max.",
        [LibC.ENOMEM] = "the kernel is out of memory for this socket; raise net.core.optmem_max or send shorter messages.",
        [LibC.ENOBUFS] = "the socket buffers are too small for any message; raise net.core.wmem_default and rmem_default.",
        [LibC.EMSGSIZE] = "the kernel took or gave less than the whole message; the descriptor was closed, the operation may be repeated.",
        [LibC.EINVAL] = "the kernel driver refused the message; it may not support this length or nonce.",
        [LibC.EIO] = "the device behind the driver failed; open the session on another driver.",
        [LibC.ENODEV] = "the device behind the driver is gone; open the session on another driver.",
        [LibC.ETIMEDOUT] = "the device behind the driver did not answer; open the session on another driver.",
        [LibC.ENOKEY] = "the kernel has no key for this transform; open the session again.",
        [LibC.EBADMSG] = "the kernel reports a wrong tag where none was compared; the driver is faulty.",
        [LibC.ENOSYS] = "the kernel driver cannot do this; open the session on another driver.",
        [LibC.EAFNOSUPPORT] = "the kernel has no AF_ALG any more; open the session on another driver.",
    };

    /// <summary><paramref name="result"/> is a negated error number, or a count that differs from the requested one.</summary>
    public static CryptoDevException Create(string driver, string operation, int result)
    {
        int number = result < 0 ? -result : LibC.EMSGSIZE;
        return new CryptoDevException(number, driver, operation, s_advice.GetValueOrDefault(number) ?? $"{new Errno(number).Text}.");
    }
}
