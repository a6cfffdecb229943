using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>The connection of one device. It reads the requests on several threads and answers them.</summary>
internal sealed class CuseConnection
{
    private readonly CuseChannel _channel;
    private readonly DevCryptoEmulator _emulator;
    private readonly CuseFrontEndOptions _options;
    private readonly Action<string>? _log;
    private readonly RetryExchange _exchange = new();
    private readonly ConcurrentDictionary<ulong, OpenFile> _files = new();
    private readonly WorkerTable _workers;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    public CuseConnection(CuseChannel channel, DevCryptoEmulator emulator, CuseFrontEndOptions options, Action<string>? log)
    {
        _channel = channel;
        _emulator = emulator;
        _options = options;
        _log = log;
        _workers = new WorkerTable(options.MaxThreads);
    }

    public CuseCounters Counters { get; } = new();

    public int OpenFiles => _files.Count;

    public int Running => _workers.Running;

    public int Threads => _workers.Count;

    /// <summary>Completes when no thread reads any more. Faulted if the kernel cut the connection.</summary>
    public Task Ended => _ended.Task;

    public void Start() => StartWorker();

    /// <summary>Refuses every new request from now on, and interrupts running requests where possible.</summary>
    public void BeginStop()
    {
        _stopping = true;
        _exchange.Close();
        _workers.InterruptAll();
    }

    /// <summary>Closes all files. After this, no poll notification uses the channel.</summary>
    public void CloseFiles()
    {
        foreach (ulong handle in _files.Keys)
        {
            Release(handle);
        }
    }

    private void StartWorker()
    {
        CuseWorker worker = new(new CuseCaller(_channel, _exchange, Counters, _options.Transfer, _log));
        _workers.Add(worker);
        try
        {
            new Thread(() => Serve(worker)) { IsBackground = true, Name = $"cuse {_options.DeviceName}" }.Start();
        }
        catch
        {
            _workers.Remove(worker);
            throw;
        }
    }

    private void Serve(CuseWorker worker)
    {
        try
        {
            // The table has counted this worker as reading since before its thread started.
            bool goesOn = ReadOne(worker);
            while (goesOn)
            {
                goesOn = Step(worker);
            }
        }
        catch (Exception error)
        {
            // A bug in the server: end the device, so that its callers do not hang.
            _ended.TrySetException(
                new FrontEndException(
                    FrontEndFailure.InputOutput,
                    $"the device /dev/{_options.DeviceName} ended by a defect: {error.Message}",
                    error
                )
            );
        }

        _workers.Remove(worker);
        if (_workers.Count == 0)
        {
            _ended.TrySetResult();
        }
    }

    private bool Step(CuseWorker worker)
    {
        switch (_workers.Next(out QueuedIoctl? queued))
        {
            case NextStep.End:
                return false;
            case NextStep.Run:
                RunIoctl(worker, queued!.Header, queued.Ioctl, queued.Interrupted);
                return true;
            default:
                return ReadOne(worker);
        }
    }

    private bool ReadOne(CuseWorker worker)
    {
        int count = _channel.Read(worker.Buffer);
        if (
            count >= 0
            && Interlocked.Increment(ref Counters.RequestsRead) > 0
            && CuseCodec.TryRead(worker.Buffer.AsSpan(0, count), out fuse_in_header header, out ReadOnlySpan<byte> body)
        )
        {
            if (header.opcode == Fuse.FUSE_IOCTL && CuseCodec.TryReadIoctl(body, out fuse_ioctl_in ioctl, out _))
            {
                Take(worker, header, ioctl);
            }
            else
            {
                _workers.EndRead();
                AnswerOrRefuse(header, body);
            }

            return true;
        }

        _workers.EndRead();
        // ENOENT: the caller was killed before its request was read completely.
        if (count > 0 || -count is LibC.EINTR or LibC.EAGAIN or LibC.ENOENT)
        {
            return true;
        }

        if (!_stopping)
        {
            _ended.TrySetException(
                new FrontEndException(
                    FrontEndFailure.InputOutput,
                    $"the kernel took the device /dev/{_options.DeviceName} away ({new Errno(-count).Name})."
                )
            );
        }

        return false;
    }

    private void Take(CuseWorker worker, in fuse_in_header header, in fuse_ioctl_in ioctl)
    {
        // A request without input and without room for output is a new ioctl. Any other is the answer to a retry.
        if (ioctl.in_size != 0 || ioctl.out_size != 0)
        {
            _workers.EndRead();
            if (!TryDeliver(worker, header, ioctl))
            {
                _ = _channel.Answer(header.unique, _stopping ? -LibC.ENODEV : -LibC.EIO);
            }

            return;
        }

        Interlocked.Increment(ref Counters.Ioctls);
        switch (_workers.EndReadWith(header, ioctl))
        {
            case IoctlTurn.Queued:
                return;
            case IoctlTurn.RunAfterStartingReader when !TryStartWorker():
                _workers.Requeue(header, ioctl);
                return;
            default:
                RunIoctl(worker, header, ioctl, interrupted: false);
                return;
        }
    }

    private bool TryDeliver(CuseWorker worker, in fuse_in_header header, in fuse_ioctl_in ioctl)
    {
        try
        {
            return _exchange.TryDeliver(header, ioctl, ref worker.Buffer);
        }
        catch (OutOfMemoryException)
        {
            // There is no memory for the replacement buffer. This ioctl ends, and its worker sees the caller as lost.
            return false;
        }
    }

    private bool TryStartWorker()
    {
        try
        {
            StartWorker();
            return true;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            _log?.Invoke($"no further thread can be started ({error.Message}); {_workers.Count} serve");
            return false;
        }
    }

    private void RunIoctl(CuseWorker worker, in fuse_in_header header, in fuse_ioctl_in ioctl, bool interrupted)
    {
        CuseCaller caller = worker.Caller;
        CancellationToken token = caller.Interrupts.Begin(header.unique);
        if (interrupted)
        {
            _ = caller.Interrupts.Interrupt(header.unique);
        }

        caller.Begin(header, ioctl);
        int result =
            _stopping ? -LibC.ENODEV
            : _files.TryGetValue(ioctl.fh, out OpenFile? file) ? file.File.Ioctl(ioctl.cmd, ioctl.arg, caller, token)
            : -LibC.EBADF;
        caller.Finish(result);
        caller.Interrupts.End();
        _workers.EndRun(header.uid);
    }

    private void AnswerOrRefuse(in fuse_in_header header, ReadOnlySpan<byte> body)
    {
        try
        {
            Answer(header, body);
        }
        catch (OutOfMemoryException)
        {
            // The failure ends this request only, not the device.
            _ = _channel.Answer(header.unique, -LibC.ENOMEM);
        }
    }

    private void Answer(in fuse_in_header header, ReadOnlySpan<byte> body)
    {
        switch (header.opcode)
        {
            case Fuse.FUSE_OPEN:
                Open(header);
                break;
            case Fuse.FUSE_RELEASE when MemoryMarshal.TryRead(body, out fuse_release_in release):
                Interlocked.Increment(ref Counters.Releases);
                Release(release.fh);
                _ = _channel.Answer(header.unique, 0);
                break;
            case Fuse.FUSE_POLL when MemoryMarshal.TryRead(body, out fuse_poll_in poll):
                Poll(header, poll);
                break;
            case Fuse.FUSE_INTERRUPT when MemoryMarshal.TryRead(body, out fuse_interrupt_in interrupt):
                Interlocked.Increment(ref Counters.Interrupts);
                if (!_workers.Interrupt(interrupt.unique))
                {
                    // Another thread may have read that request but not started it. EAGAIN makes the kernel send the interrupt again, which
                    // it does only while the request is outstanding.
                    _ = _channel.Answer(header.unique, -LibC.EAGAIN);
                }

                break;
            case Fuse.FUSE_READ or Fuse.FUSE_WRITE:
                // The device supports only ioctl. The Linux driver has no read and write functions (EINVAL). The BSD drivers have functions
                // that return EIO.
                _ = _channel.Answer(header.unique, _emulator.Options.Dialect == DialectInfo.CryptodevLinux ? -LibC.EINVAL : -LibC.EIO);
                break;
            default:
                _ = _channel.Answer(header.unique, -LibC.ENOSYS);
                break;
        }
    }

    private void Open(in fuse_in_header header)
    {
        EmulatedFile? file = null;
        int error = _stopping ? LibC.ENODEV : _emulator.Open(header.uid, out file);
        if (error != 0 || file is null)
        {
            _ = _channel.Answer(header.unique, -Math.Abs(error));
            return;
        }

        Interlocked.Increment(ref Counters.Opens);
        fuse_open_out answer = new() { fh = (ulong)file.Id, open_flags = Fuse.FOPEN_DIRECT_IO | Fuse.FOPEN_NONSEEKABLE };
        _files[answer.fh] = new OpenFile(file, _channel, Counters);
        if (_channel.Answer(header.unique, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_open_out>(in answer))) < 0)
        {
            // The open failed, so the kernel will send no release for this file.
            Release(answer.fh);
        }
    }

    private void Release(ulong handle)
    {
        if (_files.TryRemove(handle, out OpenFile? file))
        {
            file.Dispose();
        }
    }

    private void Poll(in fuse_in_header header, in fuse_poll_in poll)
    {
        Interlocked.Increment(ref Counters.Polls);
        if (!_files.TryGetValue(poll.fh, out OpenFile? file))
        {
            _ = _channel.Answer(header.unique, -LibC.EBADF);
            return;
        }

        fuse_poll_out answer = new() { revents = (ushort)file.Poll(poll.kh, (poll.flags & Fuse.FUSE_POLL_SCHEDULE_NOTIFY) != 0) };
        _ = _channel.Answer(header.unique, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_poll_out>(in answer)));
    }
}
