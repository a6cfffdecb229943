using System.CommandLine;

namespace CryptoDev.Cli;

/// <summary>
/// Where /dev/crypto is and what it speaks: options of every command that opens sessions, or two variables of the environment.
/// </summary>
internal static class DeviceChoice
{
    /// <summary>Stands in for <c>--device</c>.</summary>
    public const string PathVariable = "CRYPTODEV_DEVICE";

    /// <summary>Stands in for <c>--device-dialect</c>.</summary>
    public const string DialectVariable = "CRYPTODEV_DIALECT";

    private static readonly Option<string?> s_path = new("--device")
    {
        HelpName = "PATH",
        Description = $"The device of the devcrypto rung (/dev/crypto, or what {PathVariable} says); 'none' leaves the rung out.",
    };

    private static readonly Option<string?> s_dialect = new("--device-dialect")
    {
        HelpName = "DIALECT",
        Description =
            "The ABI it speaks: linux, netbsd, freebsd, openbsd, or a release such as 'freebsd 12' (found out by asking, "
            + $"or what {DialectVariable} says).",
    };

    /// <summary>Gives the command the two options.</summary>
    public static void AddTo(Command command)
    {
        command.Add(s_path);
        command.Add(s_dialect);
    }

    /// <summary>Opens the library as the options say.</summary>
    public static CryptoDevice Open(ParseResult parsed) => CryptoDevice.Open(Options(parsed.GetValue(s_path), parsed.GetValue(s_dialect)));

    private static CryptoDeviceOptions Options(string? path, string? dialect)
    {
        path ??= Variable(PathVariable) ?? new CryptoDeviceOptions().DevCryptoPath;
        return new CryptoDeviceOptions
        {
            DevCryptoPath = path == "none" ? null : path,
            DevCryptoDialect = dialect ?? Variable(DialectVariable),
        };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
