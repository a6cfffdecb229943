using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// One version of a dialect, as an option names it: its caller, and whether the opened device may need CRIOGET before any other call.
/// </summary>
internal sealed record DeviceForm(string Name, DialectInfo Dialect, uint ContextRequest, Func<DeviceChannel, DeviceCaller> Create)
{
    public static DeviceForm Linux { get; } = new("cryptodev-linux", DialectInfo.CryptodevLinux, 0, channel => new LinuxCaller(channel));

    public static DeviceForm NetBsd7 { get; } =
        new("netbsd 7", DialectInfo.NetBsd, 0, channel => new NetBsdCaller(channel, NetBsdCodec.Release7));

    public static DeviceForm NetBsd10 { get; } =
        new("netbsd 10", DialectInfo.NetBsd, 0, channel => new NetBsdCaller(channel, NetBsdCodec.Release10));

    public static DeviceForm FreeBsd12 { get; } =
        new("freebsd 12", DialectInfo.FreeBsd, FreeBsdTable.CRIOGET.Code(), channel => new FreeBsdCaller(channel, FreeBsdCodec.Release12));

    public static DeviceForm FreeBsd13 { get; } =
        new("freebsd 13", DialectInfo.FreeBsd, 0, channel => new FreeBsdCaller(channel, FreeBsdCodec.Release13));

    public static DeviceForm FreeBsd14 { get; } =
        new("freebsd 14", DialectInfo.FreeBsd, 0, channel => new FreeBsdCaller(channel, FreeBsdCodec.Release14));

    public static DeviceForm OpenBsd2002 { get; } =
        new("openbsd 2002", DialectInfo.OpenBsd, OpenBsdTable.CRIOGET.Code(), channel => new OpenBsdCaller(channel, OpenBsdCodec.Year2002));

    public static DeviceForm OpenBsd2014 { get; } =
        new("openbsd 2014", DialectInfo.OpenBsd, OpenBsdTable.CRIOGET.Code(), channel => new OpenBsdCaller(channel, OpenBsdCodec.Year2014));

    private static readonly DeviceForm[] s_netBsd = [NetBsd10, NetBsd7];

    private static readonly DeviceForm[] s_freeBsd = [FreeBsd14, FreeBsd13, FreeBsd12];

    /// <summary>The forms that match an option's word, in the order they are tried. Null means no word: all forms.</summary>
    /// <exception cref="ArgumentException">No form has this name.</exception>
    public static IReadOnlyList<DeviceForm> Named(string? name) =>
        name switch
        {
            null => OperatingSystem.IsFreeBSD() ? s_freeBsd : [Linux, .. s_netBsd, .. s_freeBsd, OpenBsd2002, OpenBsd2014],
            "linux" => [Linux],
            "netbsd" => s_netBsd,
            "freebsd" => s_freeBsd,

            // Some releases of FreeBSD 13 behave like 14 here.
            "freebsd 13" => [FreeBsd14, FreeBsd13],
            "openbsd" => [OpenBsd2002, OpenBsd2014],
            _ => All.Where(form => form.Name == name).ToArray() is { Length: > 0 } found
                ? found
                : throw new ArgumentException(
                    $"'{name}' is not a dialect of /dev/crypto; there are linux, netbsd, netbsd 7, netbsd 10, freebsd, freebsd 12, "
                        + "freebsd 13, freebsd 14, openbsd, openbsd 2002 and openbsd 2014.",
                    nameof(name)
                ),
        };

    private static DeviceForm[] All => [Linux, .. s_netBsd, .. s_freeBsd, OpenBsd2002, OpenBsd2014];
}
