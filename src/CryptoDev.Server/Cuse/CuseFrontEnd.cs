using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>Serves an emulator as a character device of the system, by CUSE.</summary>
public sealed class CuseFrontEnd : IFrontEnd
{
    private readonly DevCryptoEmulator _emulator;
    private readonly CuseFrontEndOptions _options;
    private readonly Action<string>? _log;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private CuseChannel? _channel;
    private CuseConnection? _connection;
    private bool _disposed;

    /// <summary>Makes a front end. Opens nothing.</summary>
    /// <param name="emulator">Runs the ioctls. Must outlive this front end.</param>
    /// <param name="options">The node's name and permissions.</param>
    /// <param name="log">Gets the log lines of the front end. The emulator's line per ioctl is not among them. Null: no log.</param>
    public CuseFrontEnd(DevCryptoEmulator emulator, CuseFrontEndOptions options, Action<string>? log)
    {
        ArgumentNullException.ThrowIfNull(emulator);
        ArgumentNullException.ThrowIfNull(options);
        _emulator = emulator;
        _options = options;
        _log = log;
    }

    /// <inheritdoc/>
    public string Name => $"device {NodePath}";

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<FrontEndCounter> Counters =>
        _connection is { } connection ? connection.Counters.Snapshot(connection.OpenFiles, connection.Running, connection.Threads) : [];

    private string NodePath => $"/dev/{_options.DeviceName}";

    /// <inheritdoc/>
    public void Start()
    {
        DeviceName.Check(_options.DeviceName);
        if (File.Exists(NodePath))
        {
            throw new FrontEndException(
                FrontEndFailure.InputOutput,
                $"{NodePath} is there already: another server or a kernel module has that name; end it, or serve another name "
                    + "with --device."
            );
        }

        CuseChannel channel = CuseChannel.Open(out Errno error) ?? throw CannotOpen(error);
        try
        {
            MakeDevice(channel);
            NodePermissions.Apply(NodePath, _options.Mode, _options.Group);
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        _channel = channel;
        _connection = new CuseConnection(channel, _emulator, _options, _log);
        _connection.Start();
        _ = _connection.Ended.ContinueWith(
            Ended,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <inheritdoc/>
    public void Dispose() => Stop(Deadline.After(Deadline.StandardPatience));

    /// <inheritdoc/>
    public void Stop(Deadline deadline)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (_connection is { } connection)
        {
            connection.BeginStop();
            SpinWait.SpinUntil(() => connection.Running == 0, deadline.Left);
            connection.CloseFiles();
            CutConnection();
            // A read holds the file. Closing the descriptor during a read would free its number but leave the device node.
            if (WaitForThreads(connection, deadline))
            {
                _channel!.Dispose();
            }
            else
            {
                _log?.Invoke($"{connection.Threads} threads are still in the kernel; {NodePath} goes when this process ends");
            }
        }

        _completion.TrySetResult();
    }

    private void MakeDevice(CuseChannel channel)
    {
        Errno error = channel.Initialize(_options.DeviceName);
        if (error.Number == LibC.ENODEV)
        {
            throw new FrontEndException(
                FrontEndFailure.InputOutput,
                $"the kernel refuses a device named '{_options.DeviceName}': another server has that name; end it, or serve "
                    + "another with --device."
            );
        }

        if (error.IsError)
        {
            throw new FrontEndException(
                FrontEndFailure.NotAvailable,
                $"{CuseChannel.DevicePath}: the kernel's first request cannot be answered: {error}."
            );
        }

        if (!File.Exists(NodePath))
        {
            throw new FrontEndException(
                FrontEndFailure.NotAvailable,
                $"the kernel has the device (/sys/class/cuse/{_options.DeviceName}) but {NodePath} did not appear: mount "
                    + "devtmpfs on /dev, or serve a socket with --socket."
            );
        }
    }

    private static FrontEndException CannotOpen(Errno error) =>
        new(
            FrontEndFailure.NotAvailable,
            error.Number switch
            {
                LibC.ENOENT or LibC.ENODEV or LibC.ENXIO =>
                    $"{CuseChannel.DevicePath} is not there: load the kernel's module (as root: modprobe cuse), or serve a socket "
                        + "with --socket.",
                LibC.EACCES or LibC.EPERM =>
                    $"{CuseChannel.DevicePath} may not be opened ({error.Name}): run as root, or serve a socket with --socket.",
                _ => $"{CuseChannel.DevicePath} cannot be opened: {error}.",
            }
        );

    // Wakes every reader and every caller that is still blocked. Without this they would wait for a request that never comes.
    private void CutConnection()
    {
        string path = $"/sys/class/cuse/{_options.DeviceName}/abort";
        try
        {
            File.WriteAllText(path, "1");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log?.Invoke($"{path} cannot be written ({error.Message}): the connection ends with this process");
        }
    }

    private static bool WaitForThreads(CuseConnection connection, Deadline deadline)
    {
        try
        {
            return connection.Ended.Wait(deadline.Left) && connection.Threads == 0;
        }
        catch (AggregateException)
        {
            // The kernel had already cut the connection, and Completion has reported it. The last threads may still be ending.
            return SpinWait.SpinUntil(() => connection.Threads == 0, deadline.Left);
        }
    }

    private void Ended(Task ended)
    {
        if (ended.Exception?.InnerException is { } error)
        {
            _completion.TrySetException(error);
        }
    }
}
