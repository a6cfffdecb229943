using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// An open <c>/dev/crypto</c> for code that is ported from C line by line. It makes ioctls with the structs of one dialect in their C
/// spelling, on the device of this machine or on an emulated device. Safe from any thread. docs/porting.md has C and C# side by side.
/// </summary>
/// <remarks>
/// Each dialect has its own class: <see cref="CryptodevLinuxFile"/>, <see cref="NetBsdFile"/>, <see cref="FreeBsdFile"/> and
/// <see cref="OpenBsdFile"/>. Their <c>Ioctl</c> methods take only the structs of that dialect. If the dialect is known only at run time,
/// open it here and call <see cref="IoctlRaw"/>. Pointers in the structs are addresses of pinned memory (<c>fixed</c>, <c>GCHandle</c>,
/// <c>NativeMemory</c>). It must stay pinned until the ioctl has returned, and for asynchronous calls until the result is fetched. A bad
/// address gives <c>EFAULT</c>.
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

    /// <summary>The dialect of the file.</summary>
    public DialectInfo Dialect { get; }

    /// <summary>The path of the device, or <c>emulated</c> with the release and the policy.</summary>
    public string Origin { get; }

    /// <summary>Whether the device is emulated in this process.</summary>
    public bool IsEmulated => _channel is EmulatedChannel;

    /// <summary>Opens the device or an emulated device, as the policy says, in a dialect that is known only at run time.</summary>
    /// <param name="dialect">The ABI of the program that is ported.</param>
    /// <param name="options">The path, the release and the policy.</param>
    /// <exception cref="CryptoDevException">No device that the policy allows can be opened. The message has the reason.</exception>
    /// <exception cref="ArgumentException">The dialect has no such release, or a pinned name is not a driver.</exception>
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

    /// <summary>Makes any ioctl, also one that is not in the dialect's tables.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">
    /// The address of the argument. The request code has its length in bytes. The length is not checked, and a kernel may write that many
    /// bytes. A bad address gives <c>EFAULT</c>.
    /// </param>
    /// <returns>0 or more, or a negative errno. A request that the device does not know gives <c>-EINVAL</c>.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public unsafe int IoctlRaw(uint request, nint argument)
    {
        Hold();
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
    /// Makes <c>CRIOGET</c> and opens the new descriptor. On the BSDs it has a context of its own. On Linux it is a duplicate that shares
    /// all sessions.
    /// </summary>
    /// <param name="file">The new file, or null if the call failed. It is closed when this process executes another program.</param>
    /// <returns>0, or a negative errno. If a kernel returns success with an error in the result, this is that error.</returns>
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

    /// <summary>Waits for one of the events, or until the time is up.</summary>
    /// <param name="events">
    /// <c>POLLIN</c> (1): a result can be fetched. <c>POLLOUT</c> (4), only Linux: another request would be accepted.
    /// </param>
    /// <param name="timeoutMilliseconds">The longest time to wait. -1 has no limit.</param>
    /// <returns>The events that are ready, 0 when the time is up, or a negative errno.</returns>
    public int Poll(short events, int timeoutMilliseconds)
    {
        Hold();
        try
        {
            return _channel.Poll(events, timeoutMilliseconds);
        }
        finally
        {
            _channel.DangerousRelease();
        }
    }

    /// <summary>Closes the file. Its sessions are freed when the last descriptor of the file is closed.</summary>
    public void Dispose() => _channel.Dispose();

    /// <summary>The dialect and the origin.</summary>
    public override string ToString() => $"{Dialect} on {Origin}";

    /// <summary>
    /// Makes an ioctl that takes this struct or number. If two structs have one size, the dialect's table tells them apart.
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

        // SAFETY: the request takes this struct, and it is pinned until the ioctl has returned.
        fixed (T* address = &argument)
        {
            return IoctlRaw(request, (nint)address);
        }
    }

    /// <summary>Keeps the channel open during a call. The one who calls releases it.</summary>
    private void Hold()
    {
        try
        {
            bool added = false;
            _channel.DangerousAddRef(ref added);
        }
        catch (ObjectDisposedException)
        {
            // That names the channel, which is none of the caller's.
            throw new ObjectDisposedException(typeof(DevCryptoFile).FullName);
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

        // The kernels' default allows only hardware, so for HardwareOnly no switch is changed.
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
