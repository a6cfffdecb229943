namespace CryptoDev.Native;

/// <summary>
/// Files by the bytes of their names, and what is read from and written to them. A name ends with a zero byte. A folder of null is the
/// working folder; names are relative to it, so that its own name need not be known.
/// </summary>
internal static unsafe class ByteFile
{
    /// <summary>A path that the kernel takes is shorter than this.</summary>
    private const int LongestPath = 4096;

    /// <summary>Opens a file; null and the reason when the kernel refuses.</summary>
    public static SafeFileDescriptorHandle? Open(
        SafeFileDescriptorHandle? folder,
        ReadOnlySpan<byte> name,
        int flags,
        uint mode,
        out Errno error
    )
    {
        // SAFETY: the name ends with a zero byte inside the span, which is checked.
        fixed (byte* text = Terminated(name))
        {
            int file = Uninterrupted.OpenAt(FolderOf(folder), text, flags | LibC.O_CLOEXEC, mode);
            error = file < 0 ? Errno.Last() : default;
            return file < 0 ? null : new SafeFileDescriptorHandle(file);
        }
    }

    /// <summary>A second descriptor of an open file, above the three standard ones; null if there is no such file.</summary>
    public static SafeFileDescriptorHandle? Duplicate(int number, out Errno error)
    {
        int file = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, 3);
        error = file < 0 ? Errno.Last() : default;
        return file < 0 ? null : new SafeFileDescriptorHandle(file);
    }

    /// <summary>
    /// Whether the process was started without this standard descriptor. What comes with exec is never close-on-exec; all that the runtime
    /// opens is. So a number that is close-on-exec was free at the start.
    /// </summary>
    public static bool IsClosedAtStart(int number)
    {
        int flags = LibC.fcntl(number, LibC.F_GETFD, 0);
        return flags < 0 || (flags & LibC.FD_CLOEXEC) != 0;
    }

    public static bool IsFree(int number) => LibC.fcntl(number, LibC.F_GETFD, 0) < 0;

    /// <summary>
    /// Opens a file with the lowest free number, for as long as the process lives, and so that it can be neither read nor written (O_PATH).
    /// </summary>
    public static void Fill(ReadOnlySpan<byte> name)
    {
        // SAFETY: the name ends with a zero byte. Nobody owns the descriptor: it must never be closed.
        fixed (byte* text = Terminated(name))
        {
            _ = Uninterrupted.OpenAt(LibC.AT_FDCWD, text, LibC.O_PATH | LibC.O_CLOEXEC, 0);
        }
    }

    /// <summary>Gives the number of bytes read, 0 at the end, or -1 with the reason.</summary>
    public static int Read(SafeFileDescriptorHandle file, Span<byte> room, out Errno error)
    {
        using Use use = new(file);

        // SAFETY: the span's own memory and length.
        fixed (byte* start = room)
        {
            nint read = Uninterrupted.Read(file.Descriptor, start, (nuint)room.Length);
            error = read < 0 ? Errno.Last() : default;
            return (int)read;
        }
    }

    /// <summary>Gives the number of bytes written, which may be fewer than given, or -1 with the reason.</summary>
    public static int Write(SafeFileDescriptorHandle file, ReadOnlySpan<byte> bytes, out Errno error)
    {
        using Use use = new(file);

        // SAFETY: the span's own memory and length.
        fixed (byte* start = bytes)
        {
            nint written = Uninterrupted.Write(file.Descriptor, start, (nuint)bytes.Length);
            error = written < 0 ? Errno.Last() : default;
            return (int)written;
        }
    }

    /// <summary>
    /// Waits until the file can be read or written, or the event is raised. An end and an error count as ready: the next call tells them.
    /// </summary>
    /// <returns>False if only the event is raised, or the time is over. Below 0 there is no limit of time.</returns>
    public static bool Wait(SafeFileDescriptorHandle file, bool toRead, EventDescriptor? stop, int timeoutMilliseconds)
    {
        using Use use = new(file);

        // SAFETY: two entries, of which the count says how many are used.
        pollfd* entries = stackalloc pollfd[2];
        entries[0] = new pollfd { fd = file.Descriptor, events = toRead ? LibC.POLLIN : LibC.POLLOUT };
        entries[1] = new pollfd { fd = stop?.Descriptor ?? -1, events = LibC.POLLIN };
        int ready = Uninterrupted.Poll(entries, stop is null ? 1 : 2, timeoutMilliseconds);

        // Without memory for the wait, the call itself does the waiting.
        return ready < 0 || entries[0].revents != 0;
    }

    /// <summary>The properties of an open file.</summary>
    public static bool TryStatus(SafeFileDescriptorHandle file, out statx status, out Errno error) =>
        TryStatus(file, "\0"u8, LibC.AT_EMPTY_PATH, out status, out error);

    /// <summary>The properties of a file by name: of the link itself if it is one and <paramref name="follow"/> is false.</summary>
    public static bool TryStatus(
        SafeFileDescriptorHandle? folder,
        ReadOnlySpan<byte> name,
        bool follow,
        out statx status,
        out Errno error
    ) => TryStatus(folder, name, follow ? 0 : LibC.AT_SYMLINK_NOFOLLOW, out status, out error);

    /// <summary>The text of a symbolic link; null and the reason.</summary>
    public static byte[]? ReadLink(ReadOnlySpan<byte> name, out Errno error)
    {
        Span<byte> target = stackalloc byte[LongestPath];

        // SAFETY: the name ends with a zero byte; the length of the room is given along.
        fixed (byte* text = Terminated(name))
        fixed (byte* room = target)
        {
            nint length = LibC.readlinkat(LibC.AT_FDCWD, text, room, LongestPath);
            error = length < 0 ? Errno.Last() : default;
            return length < 0 ? null : target[..(int)length].ToArray();
        }
    }

    /// <summary>Renames inside one folder, over a file of the new name.</summary>
    public static Errno Rename(SafeFileDescriptorHandle? folder, ReadOnlySpan<byte> oldName, ReadOnlySpan<byte> newName)
    {
        // SAFETY: both names end with a zero byte.
        fixed (byte* from = Terminated(oldName))
        fixed (byte* to = Terminated(newName))
        {
            return Of(LibC.renameat(FolderOf(folder), from, FolderOf(folder), to));
        }
    }

    public static Errno Remove(SafeFileDescriptorHandle? folder, ReadOnlySpan<byte> name)
    {
        // SAFETY: the name ends with a zero byte.
        fixed (byte* text = Terminated(name))
        {
            return Of(LibC.unlinkat(FolderOf(folder), text, 0));
        }
    }

    public static Errno SetOwner(SafeFileDescriptorHandle file, uint owner, uint group) => Of(LibC.fchown(file.Descriptor, owner, group));

    public static Errno SetMode(SafeFileDescriptorHandle file, uint mode) => Of(LibC.fchmod(file.Descriptor, mode));

    /// <summary>Brings what was written to the disk.</summary>
    public static Errno Sync(SafeFileDescriptorHandle file) => Of(Uninterrupted.Sync(file.Descriptor));

    private static bool TryStatus(SafeFileDescriptorHandle? folder, ReadOnlySpan<byte> name, int flags, out statx status, out Errno error)
    {
        // SAFETY: the name ends with a zero byte; the result has the size of the C struct.
        fixed (byte* text = Terminated(name))
        fixed (statx* result = &status)
        {
            error = Of(LibC.statx(FolderOf(folder), text, flags, LibC.STATX_BASIC_STATS, result));
            return !error.IsError;
        }
    }

    private static int FolderOf(SafeFileDescriptorHandle? folder) => folder?.Descriptor ?? LibC.AT_FDCWD;

    private static Errno Of(int result) => result < 0 ? Errno.Last() : default;

    private static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> name) =>
        name.IndexOf((byte)0) == name.Length - 1
            ? name
            : throw new ArgumentException("The name has no zero byte at its end.", nameof(name));

    /// <summary>Keeps a file open during a call: another thread may dispose its owner.</summary>
    private readonly ref struct Use : IDisposable
    {
        private readonly SafeFileDescriptorHandle _file;

        public Use(SafeFileDescriptorHandle file)
        {
            bool added = false;
            file.DangerousAddRef(ref added);
            _file = file;
        }

        public void Dispose() => _file.DangerousRelease();
    }
}
