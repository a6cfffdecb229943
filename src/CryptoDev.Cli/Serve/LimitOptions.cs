using System.CommandLine;
using System.Globalization;
using CryptoDev.Ioctl;
using CryptoDev.Server;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;

namespace CryptoDev.Cli.Serve;

/// <summary>The options of <c>serve</c> that limit the clients. docs/cli.md has the table.</summary>
internal sealed class LimitOptions
{
    private static readonly EmulatorLimits s_standard = new();

    private readonly Option<int?> _files = Count("--files", "Open files of all clients", s_standard.OpenFiles);
    private readonly Option<int?> _sessions = Count("--sessions", "Sessions of all clients", s_standard.Sessions);
    private readonly Option<int?> _sessionsPerFile = Count("--sessions-per-file", "Sessions of one open file", s_standard.SessionsPerFile);
    private readonly Option<int?> _requests = Count("--requests", "Asynchronous requests, not yet fetched, of all", s_standard.Requests);
    private readonly Option<int?> _requestsPerFile = Count(
        "--requests-per-file",
        "Asynchronous requests, not yet fetched, of one open file",
        s_standard.RequestsPerFile
    );

    private readonly Option<string?> _memory = Size("--memory", "Bytes that the operations of all clients hold", s_standard.Bytes);
    private readonly Option<string?> _memoryPerFile = Size(
        "--memory-per-file",
        "Bytes that the operations of one open file hold",
        s_standard.BytesPerFile
    );

    private readonly Option<int?> _userShare = Count(
        "--user-share",
        "Percent that a user other than root may hold of what is free or his own",
        s_standard.UserShare
    );

    private readonly Option<int?> _keysAtOnce = Count(
        "--keys-at-once",
        "Key operations computed at one time, one less than processors unless told",
        null
    );

    private readonly Option<int?> _threads = Count("--threads", "Ioctls of a device at one time", new CuseFrontEndOptions().MaxThreads);
    private readonly Option<int?> _filesPerUser = Count(
        "--files-per-user",
        "Open files of one user of the socket",
        new SocketFrontEndOptions().FilesPerUser
    );

    private readonly Option<int?> _channels = Count("--channels", "Threads of the socket's clients", new SocketFrontEndOptions().Channels);
    private readonly Option<int?> _channelsPerUser = Count(
        "--channels-per-user",
        "Threads of the socket's clients of one user",
        new SocketFrontEndOptions().ChannelsPerUser
    );

    private readonly Option<int?> _channelsPerFile = Count(
        "--channels-per-file",
        "Threads of one open file of the socket",
        new SocketFrontEndOptions().ChannelsPerFile
    );

    private readonly Option<string?> _sharedMemory = Size(
        "--shared-memory",
        "Bytes that the socket's clients share with the server",
        new SocketFrontEndOptions().SharedBytes
    );

    private readonly Option<string?> _sharedMemoryPerUser = Size(
        "--shared-memory-per-user",
        "Bytes that the socket's clients of one user share with the server",
        new SocketFrontEndOptions().SharedBytesPerUser
    );

    private readonly Option<int?> _stopTime = Count(
        "--stop-time",
        "Seconds until the process leaves once it was told to end",
        (int)Deadline.StandardPatience.TotalSeconds
    );

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All =>
        [
            _files,
            _sessions,
            _sessionsPerFile,
            _requests,
            _requestsPerFile,
            _memory,
            _memoryPerFile,
            _userShare,
            _keysAtOnce,
            _threads,
            _filesPerUser,
            _channels,
            _channelsPerUser,
            _channelsPerFile,
            _sharedMemory,
            _sharedMemoryPerUser,
            _stopTime,
        ];

    /// <summary>Returns the plan with the limits of the command line.</summary>
    public ServePlan Apply(ServePlan plan, ParseResult parsed)
    {
        EmulatorLimits limits = plan.Emulator.Limits;
        return plan with
        {
            Emulator = plan.Emulator with
            {
                Limits = limits with
                {
                    OpenFiles = Number(parsed, _files) ?? limits.OpenFiles,
                    Sessions = Number(parsed, _sessions) ?? limits.Sessions,
                    SessionsPerFile = Number(parsed, _sessionsPerFile) ?? limits.SessionsPerFile,
                    Requests = Number(parsed, _requests) ?? limits.Requests,
                    RequestsPerFile = Number(parsed, _requestsPerFile) ?? limits.RequestsPerFile,
                    Bytes = Bytes(parsed, _memory) ?? limits.Bytes,
                    BytesPerFile = Bytes(parsed, _memoryPerFile) ?? limits.BytesPerFile,
                    UserShare = Number(parsed, _userShare, 100) ?? limits.UserShare,
                    KeysAtOnce = Number(parsed, _keysAtOnce) ?? limits.KeysAtOnce,
                },
            },
            Device = plan.Device is { } device ? device with { MaxThreads = Number(parsed, _threads) ?? device.MaxThreads } : null,
            Socket = plan.Socket is { } socket
                ? socket with
                {
                    FilesPerUser = Number(parsed, _filesPerUser) ?? socket.FilesPerUser,
                    Channels = Number(parsed, _channels) ?? socket.Channels,
                    ChannelsPerUser = Number(parsed, _channelsPerUser) ?? socket.ChannelsPerUser,
                    ChannelsPerFile = Number(parsed, _channelsPerFile) ?? socket.ChannelsPerFile,
                    SharedBytes = Bytes(parsed, _sharedMemory) ?? socket.SharedBytes,
                    SharedBytesPerUser = Bytes(parsed, _sharedMemoryPerUser) ?? socket.SharedBytesPerUser,
                }
                : null,
            StopTime = Number(parsed, _stopTime, 86400) is { } seconds ? TimeSpan.FromSeconds(seconds) : plan.StopTime,
        };
    }

    private static Option<int?> Count(string name, string description, int? standard) =>
        new(name) { HelpName = "N", Description = Describe(description, standard?.ToString(CultureInfo.InvariantCulture)) };

    private static Option<string?> Size(string name, string description, long standard) =>
        new(name) { HelpName = "SIZE", Description = Describe(description, $"{standard >> 20}M") };

    private static string Describe(string description, string? standard) =>
        standard is null ? $"{description}." : $"{description}, {standard} unless told.";

    private static int? Number(ParseResult parsed, Option<int?> option, int most = int.MaxValue)
    {
        int? value = parsed.GetValue(option);
        return value is null || (value >= 1 && value <= most)
            ? value
            : throw CliException.Usage(
                most == int.MaxValue
                    ? $"{option.Name} takes a number above 0; {value} was given."
                    : $"{option.Name} takes a number from 1 to {most}; {value} was given."
            );
    }

    private static long? Bytes(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        long size = CommonOptions.ParseSize(option.Name, text);
        return size > 0 ? size : throw CliException.Usage($"{option.Name} takes a number of bytes above 0; '{text}' was given.");
    }
}
