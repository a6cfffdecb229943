using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// An open <c>/dev/crypto</c> for code ported from C line by line: ioctls with the structs of a named dialect in their C spelling, on the
/// device of this machine or on an emulated one.
/// Safe from any thread. docs/porting.md has C and C# side by side.
/// </summary>
/// <remarks>
/// Each dialect has its own: <see cref="CryptodevLinuxFile"/>, <see cref="NetBsdFile"/>, <see cref="FreeBsdFile"/> and
/// <see cref="OpenBsdFile"/> open it and have an <c>Ioctl</c> that takes the structs of that dialect's ioctls and no others. A dialect that
/// is known at run time only is opened here and called by <see cref="IoctlRaw"/>. Pointers in the structs are addresses: of memory that is
/// pinned (<c>fixed</c>, <c>GCHandle</c>, <c>NativeMemory</c>) until the ioctl has returned, and with the calls that only submit until the
/// result is fetched. A bad one is <c>EFAULT</c>.
/// </remarks>
public abstract class DevCryptoFile : IDisposable
{
    private readonly DeviceChannel _channel;

    private protected DevCryptoFile(DeviceChannel channel, DialectInfo dialect, string origin)
    {
        _channel = channel;
        Dialect = dialect;
        Origin = origin;
    }

    /// <summary>The ABI it speaks.</summary>
    public DialectInfo Dialect { get; }

    /// <summary>What answers: the device's path, or <c>emulated</c> with the release and the policy behind it.</summary>
    public string Origin { get; }

    /// <summary>Whether it is emulated in this process.</summary>
    public bool IsEmulated => _channel is EmulatedChannel;

    /// <summary>Opens the device, or an emulated one, as the policy says, in a dialect that is known at run time only.</summary>
    /// <param name="dialect">The ABI of the program that is ported.</param>
    /// <param name="options">Where, which release, and what may answer.</param>
    /// <exception cref="CryptoDevException">Nothing that the policy allows is there; the message says why.</exception>
    /// <exception cref="ArgumentException">The dialect has no such release, or a pinned name is no driver.</exception>
    /// <remarks>C: <c>open("/dev/crypto", O_RDWR)</c>.</remarks>
    public static DevCryptoFile Open(DialectInfo dialect, DevCryptoFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        options ??= new DevCryptoFileOptions();
        DriverPolicy policy = options.Policy;
        bool isPinned = policy.Kind == DriverPolicy.PolicyKind.Pinned;
        string[] behind = [.. policy.Names.Where(name => name != DevCryptoDriver.Rung)];
        string? absence = null;
        if (isPinned ? policy.Names.Contains(DevCryptoDriver.Rung) : policy.Kind != DriverPolicy.PolicyKind.SoftwareOnly)
        {
            if (TryOpenDevice(dialect, options.Path, out absence) is { } channel)
            {
                return Create(dialect, channel, options.Path);
            }

            if (isPinned && behind.Length == 0)
            {
                throw new CryptoDevException(
                    LibC.ENOENT,
                    DevCryptoDriver.Rung,
                    $"open {options.Path}",
                    $"{absence}; let an emulated device answer, or run 'cryptodev serve'."
                );
            }
        }

        return Emulate(dialect, options, isPinned ? DriverPolicy.Pinned(behind) : policy, absence);
    }

    /// <summary>Makes any ioctl, one that the dialect's tables do not know too.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">
    /// An address with as many bytes behind it as the request code says: nobody checks that, and a kernel writes that many. A bad address
    /// is <c>EFAULT</c>.
    /// </param>
    /// <returns>0 or more, or a negative errno. A request that the device does not know is <c>-EINVAL</c>.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public unsafe int IoctlRaw(uint request, nint argument)
    {
        bool added = false;
        _channel.DangerousAddRef(ref added);
        try
        {
            return _channel.Ioctl(request, (void*)argument);
        }
        finally
        {
            _channel.DangerousRelease();
        }
    }

    /// <summary>
    /// Makes <c>CRIOGET</c> and opens what it gives: a context of its own on the BSDs, a duplicate that shares all sessions on Linux.
    /// </summary>
    /// <param name="file">The new file, closed when this process runs another program; null where the call failed.</param>
    /// <returns>0, or a negative errno. A kernel that succeeds with an error in the result gives that error.</returns>
    public int CrioGet(out DevCryptoFile? file)
    {
        file = null;
        uint request = Dialect.Ioctls.Single(ioctl => ioctl.Name == "CRIOGET").Code();
        uint descriptor = uint.MaxValue;
        int result = Call(request, ref descriptor);
        if (result < 0)
        {
            return result;
        }

        if (_channel.Adopt(unchecked((int)descriptor)) is not { } channel)
        {
            return unchecked((int)descriptor) is < 0 and > -4096 and int error ? error : -LibC.EBADF;
        }

        file = Create(Dialect, channel, Origin);
        return 0;
    }

    /// <summary>Waits until one of the events is there, or the time is up.</summary>
    /// <param name="events"><c>POLLIN</c> (1): a result waits. <c>POLLOUT</c> (4), Linux: there is room for a request.</param>
    /// <param name="timeoutMilliseconds">-1: for ever.</param>
    /// <returns>The events that are there, 0, or a negative errno.</returns>
    public int Poll(short events, int timeoutMilliseconds)
    {
        bool added = false;
        _channel.DangerousAddRef(ref added);
        try
        {
            return _channel.Poll(events, timeoutMilliseconds);
        }
        finally
        {
            _channel.DangerousRelease();
        }
    }

    /// <summary>Closes it. Its sessions are freed with the last descriptor that leads to them.</summary>
    public void Dispose() => _channel.Dispose();

    /// <summary>The dialect and what answers.</summary>
    public override string ToString() => $"{Dialect} on {Origin}";

    /// <summary>
    /// Makes an ioctl that takes this struct, or a number. Two structs of one size are told apart by the dialect's table.
    /// </summary>
    private protected unsafe int Call<T>(uint request, ref T argument)
        where T : unmanaged
    {
        IoctlInfo? ioctl = Dialect.FindIoctl(request, NativeWordSize.Current);
        if (ioctl is null)
        {
            throw new ArgumentException($"{Dialect} has no request 0x{request:X8}; {nameof(IoctlRaw)} makes any.", nameof(request));
        }

        if ((ioctl.Struct?.Type ?? typeof(uint)) != typeof(T))
        {
            throw new ArgumentException(
                $"{ioctl} of {Dialect} takes a {ioctl.ArgumentType}, not a {(typeof(T) == typeof(uint) ? "u32" : typeof(T).Name)}.",
                nameof(argument)
            );
        }

        // SAFETY: the struct is the one that the request is of, and pinned until the ioctl has returned.
        fixed (T* address = &argument)
        {
            return IoctlRaw(request, (nint)address);
        }
    }

    private static DevCryptoFile Create(DialectInfo dialect, DeviceChannel channel, string origin) =>
        dialect == DialectInfo.CryptodevLinux ? new CryptodevLinuxFile(channel, origin)
        : dialect == DialectInfo.NetBsd ? new NetBsdFile(channel, origin)
        : dialect == DialectInfo.FreeBsd ? new FreeBsdFile(channel, origin)
        : new OpenBsdFile(channel, origin);

    private static DeviceFile? TryOpenDevice(DialectInfo dialect, string path, out string? absence)
    {
        if (DeviceFile.Open(path, out Errno error) is not { } device)
        {
            absence = $"{path} could not be opened: {error}";
            return null;
        }

        absence = null;
        if (DeviceFormFinder.Speaks(device, dialect) is not { } other)
        {
            return device;
        }

        device.Dispose();
        absence = $"{path} speaks {other}, not {dialect}";
        return null;
    }

    private static DevCryptoFile Emulate(DialectInfo dialect, DevCryptoFileOptions options, DriverPolicy policy, string? absence)
    {
        DevCryptoEmulatorOptions emulated = new()
        {
            Dialect = dialect,
            Form = options.Form,
            Policy = policy,
        };

        // Whoever asks for hardware only shall get the kernels' own default, which is that.
        DevCryptoEmulator emulator = new(policy.Kind == DriverPolicy.PolicyKind.HardwareOnly ? emulated : emulated.AllowingSoftware());
        if (EmulatedChannel.Open(emulator, trusted: false, out Errno error) is { } channel)
        {
            return Create(dialect, channel, $"emulated {emulator.Form} over {policy}");
        }

        emulator.Dispose();
        throw new CryptoDevException(
            error.Number,
            DevCryptoDriver.Rung,
            $"open an emulated {dialect}",
            absence is null ? "it lets nobody in." : $"it lets nobody in, and {absence}."
        );
    }
}
