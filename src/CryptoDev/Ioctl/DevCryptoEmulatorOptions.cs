namespace CryptoDev.Ioctl;

/// <summary>How an emulated device behaves. Immutable.</summary>
public sealed record DevCryptoEmulatorOptions
{
    /// <summary>Which of the four ABIs it speaks.</summary>
    public DialectInfo Dialect { get; init; } = DialectInfo.CryptodevLinux;

    /// <summary>
    /// The release: <c>cryptodev-linux</c>, <c>netbsd</c>, <c>freebsd 12</c>, <c>freebsd 13</c>, <c>freebsd 14</c>, <c>openbsd 2002</c> or
    /// <c>openbsd 2014</c>; null for the newest of the dialect.
    /// </summary>
    public string? Form { get; init; }

    /// <summary>Which drivers serve the sessions.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;

    /// <summary>
    /// <c>kern.usercrypto</c> of the BSDs: 0 and opening the device is <c>ENXIO</c>. Null: 1, and 0 for <c>openbsd 2014</c>.
    /// cryptodev-linux has no such switch.
    /// </summary>
    public int? UserCrypto { get; init; }

    /// <summary>
    /// <c>kern.userasymcrypto</c> of the BSDs: 0 and <c>CIOCASYMFEAT</c> gives nothing, and on FreeBSD a key operation is <c>EPERM</c>.
    /// Null: 1, and 0 for <c>openbsd 2014</c>. cryptodev-linux has no such switch.
    /// </summary>
    public int? UserAsymCrypto { get; init; }

    /// <summary>
    /// <c>kern.cryptodevallowsoft</c>. OpenBSD and FreeBSD: 0, the default, forbids software and anything else allows it. NetBSD: 1, the
    /// default, forbids it, 0 allows it and a negative number forbids hardware. Software is every driver that is no device. cryptodev-linux
    /// has no such switch.
    /// </summary>
    public int? AllowSoft { get; init; }

    /// <summary>
    /// cryptodev-linux: <c>CIOCKEY</c> is <c>EINVAL</c> and <c>CIOCASYMFEAT</c> 0, as the real module has it; else key operations run.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>What clients may take, each and together.</summary>
    public EmulatorLimits Limits { get; init; } = new();

    /// <summary>Called after every ioctl, on the thread that made it. It must not throw. It never gets key or data bytes.</summary>
    public Action<IoctlTrace>? Trace { get; init; }

    /// <summary>The same options with the device open to users and to software, in the sense that this dialect's switches have.</summary>
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
/// What the clients of an emulated device may take. What goes beyond gets the errno that the dialect's kernel has for it, mostly
/// <c>ENOMEM</c>.
/// </summary>
public sealed record EmulatorLimits
{
    /// <summary>
    /// How many parts of a hundred a user may hold of what is free or his own, of files, sessions, requests and bytes, 1 to 100. At 50, the
    /// default, nobody holds more than stays free, so there is always room for one more. A sixteenth of each is kept for root and for the
    /// user of this process, whom this does not bind.
    /// </summary>
    public int UserShare { get; init; } = 50;

    /// <summary>
    /// Key operations that are computed at one time, at least 1; the others wait, and users and their files take turns. One processor less
    /// than there are unless told, because an operation may take seconds and cannot be stopped.
    /// </summary>
    public int KeyOperations { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Open files of all clients; beyond it opening is <c>ENFILE</c>.</summary>
    public int OpenFiles { get; init; } = 4096;

    /// <summary>Sessions of all open files: 65536, and fewer on a machine, or in a container, of little memory.</summary>
    public int Sessions { get; init; } = MachineMemory.Sessions;

    /// <summary>Sessions of one open file.</summary>
    public int SessionsPerFile { get; init; } = 4096;

    /// <summary>Asynchronous requests, not yet fetched, of all open files.</summary>
    public int Requests { get; init; } = 16384;

    /// <summary>Asynchronous requests, not yet fetched, of one open file. cryptodev-linux has 64 at most.</summary>
    public int RequestsPerFile { get; init; } = 1024;

    /// <summary>
    /// Bytes of memory that the operations of all open files hold at one time, results that nobody has fetched included: a quarter of what
    /// this process may use (of its container, where it is in one), and 1 GiB at most.
    /// </summary>
    public long Bytes { get; init; } = MachineMemory.Bytes;

    /// <summary>
    /// Bytes of memory that the operations of one open file hold at one time; so the longest operation, where the dialect has no limit of
    /// its own. 256 MiB, and no more than half of what is standard for all.
    /// </summary>
    public long BytesPerFile { get; init; } = Math.Min(1L << 28, MachineMemory.Bytes / 2);
}

/// <summary>What fits this machine, or the container that this process is in.</summary>
internal static class MachineMemory
{
    // What a session takes, with what libcrypto holds for it.
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

/// <summary>Counters of an emulated device; a snapshot.</summary>
public sealed record EmulatorStatistics
{
    /// <summary>Open files now.</summary>
    public required long OpenFiles { get; init; }

    /// <summary>Files opened since the start.</summary>
    public required long Opens { get; init; }

    /// <summary>Sessions now.</summary>
    public required long OpenSessions { get; init; }

    /// <summary>Sessions created since the start.</summary>
    public required long Sessions { get; init; }

    /// <summary>Asynchronous requests that are not fetched yet.</summary>
    public required long RequestsInFlight { get; init; }

    /// <summary>Bytes of memory that operations hold now.</summary>
    public required long BytesInFlight { get; init; }

    /// <summary>Key operations that are computed now.</summary>
    public required long KeyOperationsRunning { get; init; }

    /// <summary>Key operations that wait for their turn.</summary>
    public required long KeyOperationsWaiting { get; init; }

    /// <summary>Bytes of messages processed since the start.</summary>
    public required long Bytes { get; init; }

    /// <summary>Ioctls that ended with an errno.</summary>
    public required long Errors { get; init; }

    /// <summary>Ioctls by name; those that the dialect does not have under <c>unknown</c>. Names never used are left out.</summary>
    public required IReadOnlyDictionary<string, long> Ioctls { get; init; }

    /// <summary>Sessions and key operations by the driver that served them.</summary>
    public required IReadOnlyDictionary<string, long> Drivers { get; init; }
}
