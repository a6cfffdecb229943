using System.Diagnostics;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// One open file description of an emulated device, with the sessions and results that belong to it. Safe from many threads at once.
/// Whoever stands between it and the callers counts their descriptors and disposes it with the last.
/// </summary>
public sealed class EmulatedFile : IDisposable
{
    /// <summary>Room for the argument of any ioctl: CIOCGSESSINFO's has 268 bytes.</summary>
    internal const int LongestArgument = 320;

    private readonly EmulatedKernel _kernel;
    private readonly UserQuotas _user;
    private int _closed;
    private uint _lastRequest;

    internal EmulatedFile(EmulatedKernel kernel, UserQuotas user, long id, bool isRaw)
    {
        _kernel = kernel;
        _user = user;
        Id = id;
        IsRaw = isRaw;
        Bytes = new Quota(kernel.Limits.BytesPerFile, user.Bytes);
        Sessions = new SessionTable(new Quota(kernel.Limits.SessionsPerFile, user.Sessions), kernel.Rules.FirstSessionId);
        Requests = new RequestQueue(this, new Quota(kernel.Rules.RequestsPerFile, user.Requests));
    }

    /// <summary>A number that no other open file of the device has.</summary>
    public long Id { get; }

    /// <summary>The user who opened it, to whom what it takes is counted.</summary>
    public uint User => _user.User;

    /// <summary>Something became ready; may come from any thread. Ask <see cref="Poll"/> what.</summary>
    public event Action? PollChanged;

    /// <summary>The opened device of a dialect that wants CRIOGET: it takes few ioctls itself.</summary>
    internal bool IsRaw { get; }

    /// <summary>CRIOGET could not give a descriptor, so the opened device takes its ioctls itself.</summary>
    internal bool TakesAll { get; set; }

    internal bool IsClosed => Volatile.Read(ref _closed) != 0;

    internal EmulatedKernel Kernel => _kernel;

    /// <summary>
    /// Memory that its operations hold; front ends count here what they keep for it beyond an ioctl, before they take it.
    /// </summary>
    internal Quota Bytes { get; }

    internal SessionTable Sessions { get; }

    internal RequestQueue Requests { get; }

    /// <summary>The next request id; 0 is none.</summary>
    internal uint NextRequestId()
    {
        uint id;
        do
        {
            id = Interlocked.Increment(ref _lastRequest);
        } while (id == 0);

        return id;
    }

    /// <summary>Runs one ioctl. Never throws for what a caller can do.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">The argument, an address in the caller's memory.</param>
    /// <param name="caller">Who called.</param>
    /// <param name="interrupted">Wakes a call that waits; it answers <c>EINTR</c> only if it has done nothing.</param>
    /// <returns>0, or a negative errno value.</returns>
    public int Ioctl(uint request, ulong argument, IUserProcess caller, CancellationToken interrupted = default)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Action<IoctlTrace>? trace = _kernel.Options.Trace;
        long started = trace is null ? 0 : Stopwatch.GetTimestamp();
        IoctlEntry? entry = _kernel.Rules.Find(request, caller.WordSize);
        IoctlCall call = new(this, caller, stackalloc byte[LongestArgument], interrupted);
        int error =
            IsClosed ? LibC.EBADF
            : entry is null ? LibC.EINVAL
            : TryRun(entry, argument, ref call);
        _kernel.Counters.Count(entry, error, call.ByteCount);
        trace?.Invoke(new IoctlTrace(Id, entry?.Info.Name, request, error, call.ByteCount, call.Driver, Stopwatch.GetElapsedTime(started)));
        return -error;
    }

    /// <summary>
    /// The events that are ready now: <c>POLLIN | POLLRDNORM</c> for a result to fetch, on Linux <c>POLLOUT | POLLWRNORM</c> for room; 0
    /// where the dialect has no poll.
    /// </summary>
    public short Poll() => IsClosed ? (short)0 : _kernel.Rules.Poll(this);

    /// <summary>The last close: all sessions are freed and results that nobody fetched are dropped.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Sessions.Close();
            Requests.Close();
            _kernel.Keys.Close(this);
            _user.Files.Give(1);
        }
    }

    /// <summary>What <see cref="Poll"/> gives may have changed.</summary>
    internal void NotifyPoll() => PollChanged?.Invoke();

    private int TryRun(IoctlEntry entry, ulong argument, ref IoctlCall call)
    {
        try
        {
            return Run(entry, argument, ref call);
        }
        catch (OutOfMemoryException)
        {
            // It ends this operation and not the process.
            return LibC.ENOMEM;
        }
    }

    private int Run(IoctlEntry entry, ulong argument, ref IoctlCall call)
    {
        if (IsRaw && !entry.IsForRaw && !TakesAll && call.Caller.CanInstallDescriptors)
        {
            return LibC.EINVAL;
        }

        call.Take(entry.Info.ArgumentSize(call.WordSize));
        if (entry.Info.Direction != IoctlDirection.FromKernel && !call.Caller.CopyIn(argument, call.Argument))
        {
            return LibC.EFAULT;
        }

        int error = entry.Handler(ref call);
        if (error == 0 && entry.Info.Direction != IoctlDirection.ToKernel && !call.Caller.CopyOut(call.Argument, argument))
        {
            // Nobody will ever know the id of what was made.
            call.Undo();
            return LibC.EFAULT;
        }

        return error;
    }
}
