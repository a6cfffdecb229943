using System.CommandLine;
using CryptoDev.Cli.Serve;
using CryptoDev.Ioctl;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev serve</c>: gives other programs a /dev/crypto.</summary>
internal static class ServeCommand
{
    private const string StandardDevice = "crypto";

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string?> device = new("--device")
        {
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"Serve the character device /dev/NAME ({StandardDevice} unless told), by CUSE: as root, module cuse loaded.",
        };
        Option<string?> socket = new("--socket")
        {
            HelpName = "PATH",
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                $"Serve programs that preload libcryptodev-shim.so, at PATH ({SocketFrontEndOptions.StandardPath} unless told): "
                + "needs no root and no module.",
        };
        Option<string> mode = new("--mode")
        {
            HelpName = "OCTAL",
            DefaultValueFactory = _ => "600",
            Description = "Permission bits of what is served.",
        };
        Option<string?> group = new("--group") { HelpName = "NAME", Description = "Group of what is served, by name or number." };
        Option<string> dialect = new("--dialect")
        {
            HelpName = "NAME",
            DefaultValueFactory = _ => DialectInfo.CryptodevLinux.Name,
            Description =
                $"Whose /dev/crypto: {string.Join(", ", DialectInfo.All.Select(known => known.Name))}, or a release such as "
                + "'netbsd 7', 'freebsd 12' or 'openbsd 2002'.",
        };
        Option<string[]> driver = DriverChoice.Option();
        Option<string?> policy = new("--policy")
        {
            HelpName = "POLICY",
            Description = $"The policy alone: {string.Join(", ", DriverChoice.PolicyNames)}.",
        };
        Option<int?> userCrypto = Switch("--usercrypto", "kern.usercrypto of the BSDs: 0 refuses to open the device.");
        Option<int?> userAsymCrypto = Switch("--userasymcrypto", "kern.userasymcrypto of the BSDs: 0 refuses key operations.");
        Option<int?> allowSoft = Switch(
            "--allowsoft",
            "kern.cryptodevallowsoft in the dialect's own sense: FreeBSD, OpenBSD 1 allows software, NetBSD 0 allows it."
        );
        Option<bool> strict = new("--strict")
        {
            Description = "Refuse what the real kernel refuses though we could do it: key operations, which no kernel's software has.",
        };
        Option<string?> keyOperations = new("--key-operations")
        {
            HelpName = "LIST",
            Description =
                $"The key operations to show: all, none, or names such as {string.Join(',', KeyOperationList.Names.Take(5))}. "
                + "Default: all, with --strict none.",
        };
        Option<string?> arc4 = new("--arc4")
        {
            HelpName = "restart|continue",
            Description =
                "Have ARC4, as cards of NetBSD, OpenBSD and FreeBSD 12 had it: the key stream starts anew at each operation, or goes on in "
                + "the session. Default: refused.",
        };
        Option<bool> refuseEqualHalves = new("--refuse-equal-xts-halves")
        {
            Description = "Refuse XTS keys with two equal halves, as a kernel in FIPS mode does.",
        };
        Option<string> transfer = new("--transfer")
        {
            HelpName = "auto|retry",
            DefaultValueFactory = _ => "auto",
            Description =
                "How a device reaches the caller's memory: directly where the system allows it, or always by the kernel's retry protocol.",
        };
        Option<bool> verbose = new("--verbose", "-v") { Description = "One line on stderr per ioctl, never with key or data bytes." };
        LimitOptions limits = new();
        Command command = new("serve", "Serve /dev/crypto to other programs until interrupted; SIGUSR1 prints counters.")
        {
            device,
            socket,
            mode,
            group,
            dialect,
            driver,
            policy,
            userCrypto,
            userAsymCrypto,
            allowSoft,
            strict,
            keyOperations,
            arc4,
            refuseEqualHalves,
            transfer,
            verbose,
        };
        foreach (Option limit in limits.All)
        {
            command.Add(limit);
        }

        command.SetAction(parsed =>
        {
            (DialectInfo chosen, string? form) = ServePlan.ParseDialect(parsed.GetValue(dialect)!);
            return ServerRun.Run(
                console,
                limits.Apply(
                    new ServePlan
                    {
                        Emulator = new DevCryptoEmulatorOptions
                        {
                            Dialect = chosen,
                            Form = form,
                            Policy = ServePlan.ParsePolicy(parsed.GetValue(driver), parsed.GetValue(policy)),
                            UserCrypto = parsed.GetValue(userCrypto),
                            UserAsymCrypto = parsed.GetValue(userAsymCrypto),
                            AllowSoft = parsed.GetValue(allowSoft),
                            Strict = parsed.GetValue(strict),
                            KeyOperations = parsed.GetValue(keyOperations) is { } list ? KeyOperationList.Parse(list) : null,
                            Arc4 = ServePlan.ParseArc4(parsed.GetValue(arc4)),
                            RefuseEqualXtsHalves = parsed.GetValue(refuseEqualHalves),
                        },
                        Device =
                            parsed.GetResult(device) is null && parsed.GetResult(socket) is not null
                                ? null
                                : new CuseFrontEndOptions
                                {
                                    DeviceName = parsed.GetValue(device) ?? StandardDevice,
                                    Mode = ServePlan.ParseMode(parsed.GetValue(mode)!),
                                    Group = parsed.GetValue(group),
                                    Transfer = ServePlan.ParseTransfer(parsed.GetValue(transfer)!),
                                },
                        Socket = parsed.GetResult(socket) is null
                            ? null
                            : new SocketFrontEndOptions
                            {
                                Path = ServePlan.ParseSocket(parsed.GetValue(socket) ?? SocketFrontEndOptions.StandardPath),
                                Mode = ServePlan.ParseMode(parsed.GetValue(mode)!),
                                Group = parsed.GetValue(group),
                                Dialect = chosen,
                            },
                        Verbose = parsed.GetValue(verbose),
                    },
                    parsed
                ),
                stop
            );
        });
        return command;
    }

    private static Option<int?> Switch(string name, string description) =>
        new(name) { HelpName = "N", Description = description + " Default: the dialect's." };
}
