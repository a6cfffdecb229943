using CryptoDev.Framework;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Refuses options for what a dialect or release does not have. The exception's parameter is the name of the option, so that a command can
/// say its own word for it.
/// </summary>
internal static class EmulatorOptionsValidator
{
    /// <summary>Checks the options that not every release has.</summary>
    /// <exception cref="ArgumentException">An option is given that would do nothing.</exception>
    public static void Check(DevCryptoEmulatorOptions options, DialectRules rules)
    {
        if (options.Dialect == DialectInfo.CryptodevLinux)
        {
            const string NoSwitch = "it has no such switch of the kernel";
            Refuse(options.UserCrypto is not null, rules, NoSwitch, nameof(options.UserCrypto));
            Refuse(options.UserAsymCrypto is not null, rules, NoSwitch, nameof(options.UserAsymCrypto));
            Refuse(options.AllowSoft is not null, rules, NoSwitch, nameof(options.AllowSoft));
        }

        bool hasArc4 = rules.Codec.Numbers.Rows.Any(row => row.Algorithm?.Chaining == IvChaining.InTransform);
        Refuse(!hasArc4 && options.Arc4 != Arc4KeyStream.Refused, rules, "it has no ARC4", nameof(options.Arc4));
        Refuse(
            !rules.HasKeyCalls && options.KeyOperations is not null,
            rules,
            "it has no calls for key operations",
            nameof(options.KeyOperations)
        );
    }

    private static void Refuse(bool isGiven, DialectRules rules, string reason, string option)
    {
        if (isGiven)
        {
            throw new ArgumentException($"{option} is not for {rules.Form}: {reason}.", option);
        }
    }
}
