using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>What the kernel's refusals mean for key operations, and what would help. No other code does this.</summary>
internal static class KeyringFailure
{
    private static readonly Dictionary<int, (string Reason, string? Cure)> s_words = new()
    {
        [LibC.ENOSYS] = ("this kernel was built without keys", null),
        [LibC.EPERM] = (
            "this process may not use the kernel's keys (a seccomp filter)",
            "Allow the system calls add_key and keyctl to the container."
        ),
        [LibC.EACCES] = ("this process may not use the kernel's keys", "Allow the system calls add_key and keyctl."),
        [LibC.EOPNOTSUPP] = ("this kernel was built without the operation (CONFIG_KEY_DH_OPERATIONS, CONFIG_ASYMMETRIC_KEY_TYPE)", null),
        [LibC.ENODEV] = ("this kernel has no keys of type asymmetric", "Use a kernel with CONFIG_ASYMMETRIC_KEY_TYPE."),
        [LibC.EBADMSG] = ("the kernel's parser for private keys is not loaded", "As root: modprobe pkcs8_key_parser."),
        [LibC.ENOPKG] = (
            "the kernel's RSA or its parser for private keys is not loaded",
            "As root: modprobe rsa_generic pkcs8_key_parser."
        ),
        [LibC.EDQUOT] = (
            "the user's quota of kernel keys stays used up",
            "Raise /proc/sys/kernel/keys/maxkeys and maxbytes, or run fewer operations at once."
        ),
        [LibC.ENOMEM] = ("the kernel is out of memory", null),
    };

    public static (string Reason, string? Cure) Of(Errno error) =>
        s_words.TryGetValue(error.Number, out (string Reason, string? Cure) words) ? words : ($"the kernel answers {error}", null);

    public static CryptoDevException Exception(Errno error, string operation)
    {
        (string reason, string? cure) = Of(error);
        return new CryptoDevException(error.Number, KeyringDriver.Name, operation, cure is null ? $"{reason}." : $"{reason}. {cure}");
    }
}
