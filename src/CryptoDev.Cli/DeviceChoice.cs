using System.CommandLine;
using CryptoDev.Cli.Names;

namespace CryptoDev.Cli;

/// <summary>
/// The path and dialect of /dev/crypto. They are options of every command that opens sessions, or two environment variables.
/// </summary>
internal static class DeviceChoice
{
    /// <summary>The environment variable used without <c>--device</c>.</summary>
    public const string PathVariable = "CRYPTODEV_DEVICE";

    /// <summary>The environment variable used without <c>--device-dialect</c>.</summary>
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

    /// <summary>Adds the two options to the command.</summary>
    public static void AddTo(Command command)
    {
        command.Add(s_path);
        command.Add(s_dialect);
    }

    /// <summary>Opens the library with these options.</summary>
    public static CryptoDevice Open(ParseResult parsed) => CryptoDevice.Open(Options(parsed.GetValue(s_path), parsed.GetValue(s_dialect)));

    private static CryptoDeviceOptions Options(string? path, string? dialect)
    {
        if (path is not null && ByteText.HasEscapes(path))
        {
            throw CliException.Usage($"--device takes a path in UTF-8; {Quoted.Name(path)} is none.");
        }

        CryptoDeviceOptions options = new() { DevCryptoDialect = dialect ?? Variable(DialectVariable) };

        // A path that is given must be there. The usual one need not.
        path ??= Variable(PathVariable);
        return path is null ? options : options with { DevCryptoPath = path == "none" ? null : path };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
