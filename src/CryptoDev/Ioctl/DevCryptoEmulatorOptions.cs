namespace CryptoDev.Ioctl;

/// <summary>How an emulated device behaves. Immutable.</summary>
public sealed record DevCryptoEmulatorOptions
{
    /// <summary>The dialect of the device, one of the four ABIs.</summary>
    public DialectInfo Dialect { get; init; } = DialectInfo.CryptodevLinux;

    /// <summary>
    /// The release of the dialect: <c>cryptodev-linux</c>, <c>netbsd 7</c>, <c>netbsd 10</c>, <c>freebsd 12</c>, <c>freebsd 13</c>,
    /// <c>freebsd 14</c>, <c>openbsd 2002</c> or <c>openbsd 2014</c>. Null: the newest.
    /// </summary>
    public string? Form { get; init; }

    /// <summary>The policy that chooses the drivers for the sessions.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;

    /// <summary>
    /// <c>kern.usercrypto</c> of the BSDs. With 0, opening the device fails with <c>ENXIO</c>. Null: 1, or 0 for <c>openbsd 2014</c>.
    /// cryptodev-linux has no such switch.
    /// </summary>
    public int? UserCrypto { get; init; }

    /// <summary>
    /// <c>kern.userasymcrypto</c> of the BSDs. With 0, <c>CIOCASYMFEAT</c> gives 0, and key operations fail with <c>EPERM</c> on FreeBSD.
    /// Null: 1, or 0 for <c>openbsd 2014</c>. cryptodev-linux has no such switch.
    /// </summary>
    public int? UserAsymCrypto { get; init; }

    /// <summary>
    /// <c>kern.cryptodevallowsoft</c>. On OpenBSD and FreeBSD 0, the default, forbids software, and every other number allows it. On NetBSD
    /// 1, the default, forbids it, 0 allows it, and a negative number forbids hardware. Every driver that is not a device is software.
    /// cryptodev-linux has no such switch.
    /// </summary>
    public int? AllowSoft { get; init; }

    /// <summary>
    /// Whether the device refuses what the real kernel refuses although it could be done here. No software driver of a real kernel has key
    /// operations. So a strict device has none unless <see cref="KeyOperations"/> says otherwise: <c>CIOCASYMFEAT</c> gives 0, and
    /// <c>CIOCKEY</c> fails with <c>ENODEV</c>, or with <c>EINVAL</c> on cryptodev-linux.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>
    /// The key operations that the device shows. The others are as on a machine without a driver for them: not in the mask of
    /// <c>CIOCASYMFEAT</c>, and <c>ENODEV</c> for <c>CIOCKEY</c>. Operations that the dialect or the drivers do not have are never shown.
    /// Null: all, or none if <see cref="Strict"/> is set. <c>freebsd 14</c> has no key operations, so it must be null there.
    /// </summary>
    public KeyFeatureMask? KeyOperations { get; init; }

    /// <summary>
    /// Whether the device has ARC4, and where its key stream starts. Only NetBSD, OpenBSD and FreeBSD 12 have ARC4. The others take only
    /// <see cref="Arc4KeyStream.Refused"/>, the default.
    /// </summary>
    public Arc4KeyStream Arc4 { get; init; }

    /// <summary>
    /// cryptodev-linux: the <c>alignmask</c> that <c>CIOCGSESSINFO</c> reports, a power of two less one, of 4095 at most. 0, the default:
    /// any address is aligned. With another value, a <c>CIOCCRYPT</c> whose <c>src</c> or <c>dst</c> has one of these bits set works on
    /// copies of 4096 bytes, as the real module does, and AES-XTS starts anew on each of them.
    /// </summary>
    public int AlignMask { get; init; }

    /// <summary>
    /// Whether sessions with an XTS key of two equal halves are refused, as by a kernel in FIPS mode. The default is false.
    /// </summary>
    public bool RefuseEqualXtsHalves { get; init; }

    /// <summary>The limits of each client and of all clients together.</summary>
    public EmulatorLimits Limits { get; init; } = new();

    /// <summary>Called after every ioctl, on the thread that made it. It must not throw. It never receives key or data bytes.</summary>
    public Action<IoctlTrace>? Trace { get; init; }

    /// <summary>
    /// The same options, but users may open the device and software may run. The switches are set in this dialect's sense.
    /// </summary>
    public DevCryptoEmulatorOptions AllowingSoftware() =>
        Dialect == DialectInfo.CryptodevLinux
            ? this
            : this with
            {
                UserCrypto = 1,
                UserAsymCrypto = 1,
                AllowSoft = Dialect == DialectInfo.NetBsd ? 0 : 1,
            };
}

/// <summary>
/// The limits of the clients of an emulated device. A request beyond a limit gets the errno of the dialect's kernel, mostly <c>ENOMEM</c>.
/// </summary>
public sealed record EmulatorLimits
{
    /// <summary>
    /// The share of a user in percent, 1 to 100. It limits files, sessions, requests and bytes: a user may hold at most this percentage of
    /// what is free plus what he holds. At 50, the default, no user holds more than what stays free, so another user can always get some.
    /// One sixteenth of each is reserved for root and for the user of this process. The share does not limit these two.
    /// </summary>
    public int UserShare { get; init; } = 50;

    /// <summary>
    /// The number of key operations that run at one time, at least 1. The others wait, and users and their files take turns. The default is
    /// one less than there are processors, because an operation may take seconds and cannot be stopped.
    /// </summary>
    public int KeysAtOnce { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>The largest number of open files of all clients. Beyond it, opening fails with <c>ENFILE</c>.</summary>
    public int OpenFiles { get; init; } = 4096;

    /// <summary>
    /// The largest number of sessions of all open files. The default is 65536, and less on a machine or in a container with little memory.
    /// </summary>
    public int Sessions { get; init; } = MachineMemory.Sessions;

    /// <summary>The largest number of sessions of one open file.</summary>
    public int SessionsPerFile { get; init; } = 4096;

    /// <summary>The largest number of asynchronous requests of all open files that are not fetched yet.</summary>
    public int Requests { get; init; } = 16384;

    /// <summary>
    /// The largest number of asynchronous requests of one open file that are not fetched yet. cryptodev-linux has at most 64.
    /// </summary>
    public int RequestsPerFile { get; init; } = 1024;

    /// <summary>
    /// The bytes of memory that the operations of all open files may hold at one time. Results that are not fetched yet count. The default
    /// is a quarter of the memory of the machine or container, and at most 1 GiB.
    /// </summary>
    public long Bytes { get; init; } = MachineMemory.Bytes;

    /// <summary>
    /// The bytes of memory that the operations of one open file may hold at one time. If the dialect has no limit of its own, this limits
    /// the length of an operation. The default is 256 MiB, and at most half of the default for all files.
    /// </summary>
    public long BytesPerFile { get; init; } = Math.Min(1L << 28, MachineMemory.Bytes / 2);
}

/// <summary>The default limits for the memory of this machine, or of the container of this process.</summary>
internal static class MachineMemory
{
    // The memory of a session, with that of libcrypto for it.
    private const int BytesOfSession = 8 << 10;
    private const int Part = 4;

    public static long Bytes { get; } = Share(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public static int Sessions { get; } = SessionsOf(Bytes);

    public static long Share(long available) => Math.Clamp(available / Part, 16L << 20, 1L << 30);

    public static int SessionsOf(long bytes) => (int)Math.Min(65536, bytes / BytesOfSession);
}

/// <summary>One ioctl, for whoever watches: what was asked and what came of it, never key or data bytes.</summary>
public readonly struct IoctlTrace
{
    internal IoctlTrace(long fileId, string? name, uint request, int errno, long byteCount, string? driver, TimeSpan elapsed)
    {
        FileId = fileId;
        Name = name;
        Request = request;
        Errno = errno;
        ByteCount = byteCount;
        Driver = driver;
        Elapsed = elapsed;
    }

    /// <summary>The open file: <see cref="EmulatedFile.Id"/>.</summary>
    public long FileId { get; }

    /// <summary>The ioctl's name, or null for a request that the dialect does not have.</summary>
    public string? Name { get; }

    /// <summary>The request code.</summary>
    public uint Request { get; }

    /// <summary>0, or the errno value.</summary>
    public int Errno { get; }

    /// <summary>Bytes of messages that the operations took.</summary>
    public long ByteCount { get; }

    /// <summary>The driver that ran it, or null.</summary>
    public string? Driver { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The errno's name, or an empty string where it succeeded.</summary>
    public string ErrnoName => Errno == 0 ? string.Empty : new Native.Errno(Errno).Name;
}

/// <summary>Counters of an emulated device. A snapshot.</summary>
public sealed record EmulatorStatistics
{
    /// <summary>The number of files that are open now.</summary>
    public required long OpenFiles { get; init; }

    /// <summary>The number of files that were opened since the start.</summary>
    public required long Opens { get; init; }

    /// <summary>The number of sessions that exist now.</summary>
    public required long OpenSessions { get; init; }

    /// <summary>The number of sessions that were created since the start.</summary>
    public required long Sessions { get; init; }

    /// <summary>The number of asynchronous requests that are not fetched yet.</summary>
    public required long RequestsInFlight { get; init; }

    /// <summary>The number of bytes of memory that operations hold now.</summary>
    public required long BytesInFlight { get; init; }

    /// <summary>The number of key operations that run now.</summary>
    public required long KeyOperationsRunning { get; init; }

    /// <summary>The number of key operations that wait now.</summary>
    public required long KeyOperationsWaiting { get; init; }

    /// <summary>The number of message bytes that were processed since the start.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of ioctls that failed with an errno.</summary>
    public required long Errors { get; init; }

    /// <summary>
    /// The number of ioctls by name. Requests that the dialect does not have are <c>unknown</c>. Unused names are left out.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Ioctls { get; init; }

    /// <summary>The number of sessions and key operations by driver.</summary>
    public required IReadOnlyDictionary<string, long> Drivers { get; init; }
}
