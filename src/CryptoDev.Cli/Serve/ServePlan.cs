using System.Globalization;
using CryptoDev.Cli.Names;
using CryptoDev.Ioctl;
using CryptoDev.Server;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;

namespace CryptoDev.Cli.Serve;

/// <summary>The checked options of a <c>serve</c> command line.</summary>
internal sealed record ServePlan
{
    /// <summary>The options of the command for the options of the library that not every dialect takes.</summary>
    private static readonly Dictionary<string, string> s_options = new()
    {
        [nameof(DevCryptoEmulatorOptions.UserCrypto)] = "--usercrypto",
        [nameof(DevCryptoEmulatorOptions.UserAsymCrypto)] = "--userasymcrypto",
        [nameof(DevCryptoEmulatorOptions.AllowSoft)] = "--allowsoft",
        [nameof(DevCryptoEmulatorOptions.KeyOperations)] = "--key-operations",
        [nameof(DevCryptoEmulatorOptions.Arc4)] = "--arc4",
    };

    public required DevCryptoEmulatorOptions Emulator { get; init; }

    /// <summary>The device to serve, or null.</summary>
    public CuseFrontEndOptions? Device { get; init; }

    /// <summary>The socket to serve, or null.</summary>
    public SocketFrontEndOptions? Socket { get; init; }

    public bool Verbose { get; init; }

    /// <summary>The time for clients to get their answers after the end has begun.</summary>
    public TimeSpan StopTime { get; init; } = Deadline.StandardPatience;

    /// <summary>
    /// A dialect by name, or a release of one by a name that starts with the dialect: <c>freebsd 12</c>, <c>openbsd 2002</c>.
    /// </summary>
    public static (DialectInfo Dialect, string? Form) ParseDialect(string text)
    {
        string[] words = text.Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DialectInfo dialect = DialectInfo.Parse(
            words.Length == 0 || text == "cryptodev-linux" ? (words.Length == 0 ? text : "linux") : words[0]
        );
        return (dialect, words.Length > 1 && text != "cryptodev-linux" ? string.Join(' ', words).ToLowerInvariant() : null);
    }

    /// <summary>Permission bits in octal, like those of chmod.</summary>
    public static int ParseMode(string text)
    {
        bool octal = text.Length is > 0 and <= 4 && text.All(digit => digit is >= '0' and <= '7');
        int mode = octal ? Convert.ToInt32(text, 8) : -1;
        return mode is >= 0 and <= 511
            ? mode
            : throw CliException.Usage($"--mode takes permission bits in octal, 0 to 777, such as 660; '{text}' was given.");
    }

    /// <summary>The policy, given by either option.</summary>
    public static DriverPolicy ParsePolicy(string[]? driver, string? policy)
    {
        if (policy is null)
        {
            return DriverChoice.Policy(driver) ?? DriverPolicy.Ladder;
        }

        return driver is { Length: > 0 }
            ? throw CliException.Usage("--driver and --policy say the same thing; give one of them.")
            : DriverChoice.NamedPolicy(policy);
    }

    /// <summary>Parses the way to access the caller's memory.</summary>
    public static CuseTransfer ParseTransfer(string text) =>
        text switch
        {
            "auto" => CuseTransfer.Auto,
            "retry" => CuseTransfer.Retry,
            _ => throw CliException.Usage($"--transfer takes auto or retry; '{text}' was given."),
        };

    /// <summary>Parses where the key stream of ARC4 starts. Null: there is no ARC4.</summary>
    public static Arc4KeyStream ParseArc4(string? text) =>
        text switch
        {
            null => Arc4KeyStream.Refused,
            "restart" => Arc4KeyStream.Restart,
            "continue" => Arc4KeyStream.Continue,
            _ => throw CliException.Usage($"--arc4 takes restart or continue; '{text}' was given."),
        };

    /// <summary>The whole path of the socket. Its name is shown to clients as text, so it must be text, with all its folders.</summary>
    public static string ParseSocket(string path)
    {
        string whole = Path.GetFullPath(path);
        return ByteText.HasEscapes(path) || whole.Contains('\ufffd', StringComparison.Ordinal)
            ? throw CliException.Usage($"--socket takes a path whose folders are all UTF-8; {Quoted.Name(path)} is none here.")
            : whole;
    }

    /// <summary>Makes the device.</summary>
    /// <param name="trace">Called after each ioctl, or null.</param>
    /// <exception cref="CliException">The dialect does not have what an option is for.</exception>
    public DevCryptoEmulator CreateEmulator(Action<IoctlTrace>? trace)
    {
        try
        {
            return new DevCryptoEmulator(Emulator with { Trace = trace });
        }
        catch (ArgumentException error) when (error.ParamName is { } name && s_options.TryGetValue(name, out string? option))
        {
            throw CliException.Usage(ErrorText.WithoutParameter(error).Replace(name, option, StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// The reason why clients will be refused although the server works, or null. It can happen because a dialect's defaults are those of a
    /// kernel with a crypto card.
    /// </summary>
    public string? Warning(bool hasHardware)
    {
        DialectInfo dialect = Emulator.Dialect;
        if (dialect == DialectInfo.CryptodevLinux)
        {
            return null;
        }

        // The last OpenBSD releases refuse users by default.
        if ((Emulator.UserCrypto ?? (dialect == DialectInfo.OpenBsd && Emulator.Form is null or "openbsd 2014" ? 0 : 1)) == 0)
        {
            return $"{dialect.Title} lets no user open the device here (kern.usercrypto is 0): opening will be ENXIO; --usercrypto "
                + "1 allows it.";
        }

        // NetBSD's switch has the opposite meaning.
        int allowSoft = Emulator.AllowSoft ?? (dialect == DialectInfo.NetBsd ? 1 : 0);
        bool forbidsSoftware = dialect == DialectInfo.NetBsd ? allowSoft > 0 : allowSoft == 0;
        int allowing = dialect == DialectInfo.NetBsd ? 0 : 1;
        return forbidsSoftware && !hasHardware
            ? $"{dialect.Title} forbids software here (kern.cryptodevallowsoft is "
                + $"{allowSoft.ToString(CultureInfo.InvariantCulture)}) and this machine has no crypto hardware: "
                + $"sessions will be refused; --allowsoft {allowing} allows them."
            : null;
    }
}
