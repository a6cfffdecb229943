using System.Diagnostics;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// One open file description of an emulated device, with its sessions and results. Safe from any thread. The front end counts the callers'
/// descriptors and disposes the file with the last of them.
/// </summary>
public sealed class EmulatedFile : IDisposable
{
    /// <summary>At least as many bytes as the argument of any ioctl: that of CIOCGSESSINFO has 268.</summary>
    internal const int LongestArgument = 320;

    private readonly EmulatedKernel _kernel;
    private readonly UserQuotas _user;
    private int _closed;

    // NetBSD counts up from 1 before it gives an id, so the first id is 2.
    private uint _lastRequest = 1;

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

    /// <summary>The id of the user who opened the file. What the file takes is counted to this user.</summary>
    public uint User => _user.User;

    /// <summary>Raised when the result of <see cref="Poll"/> may have changed. It may come from any thread.</summary>
    public event Action? PollChanged;

    /// <summary>Whether the file is the opened device of a dialect that needs CRIOGET. Such a file takes few ioctls itself.</summary>
    internal bool IsRaw { get; }

    /// <summary>Whether CRIOGET could not give a descriptor. The opened device then takes all ioctls itself.</summary>
    internal bool TakesAll { get; set; }

    internal bool IsClosed => Volatile.Read(ref _closed) != 0;

    internal EmulatedKernel Kernel => _kernel;

    /// <summary>
    /// The memory that the file's operations hold. A front end also takes from this quota, before it allocates memory that it keeps after
    /// an ioctl.
    /// </summary>
    internal Quota Bytes { get; }

    internal SessionTable Sessions { get; }

    internal RequestQueue Requests { get; }

    /// <summary>The next request id, never 0.</summary>
    internal uint NextRequestId()
    {
        uint id;
        do
        {
            id = Interlocked.Increment(ref _lastRequest);
        } while (id == 0);

        return id;
    }

    /// <summary>Runs one ioctl. It does not throw for an error of the caller.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">The address of the argument in the caller's memory.</param>
    /// <param name="caller">The process that made the ioctl.</param>
    /// <param name="interrupted">Wakes an ioctl that waits. It returns <c>EINTR</c> only if it has done nothing.</param>
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
            : entry is null ? _kernel.Rules.UnknownRequestError(request)
            : TryRun(entry, argument, ref call);
        _kernel.Counters.Count(entry, error, call.ByteCount);
        trace?.Invoke(new IoctlTrace(Id, entry?.Info.Name, request, error, call.ByteCount, call.Driver, Stopwatch.GetElapsedTime(started)));
        return -error;
    }

    /// <summary>
    /// The events that are ready now. <c>POLLIN | POLLRDNORM</c>: a result can be fetched. <c>POLLOUT | POLLWRNORM</c>, only Linux: another
    /// request would be accepted. 0 if the dialect has no poll.
    /// </summary>
    public short Poll() => IsClosed ? (short)0 : _kernel.Rules.Poll(this);

    /// <summary>The last close. It frees all sessions and drops the results that nobody has fetched.</summary>
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

    /// <summary>Raises <see cref="PollChanged"/>.</summary>
    internal void NotifyPoll() => PollChanged?.Invoke();

    private int TryRun(IoctlEntry entry, ulong argument, ref IoctlCall call)
    {
        try
        {
            return Run(entry, argument, ref call);
        }
        catch (OutOfMemoryException)
        {
            // Lack of memory ends this operation and not the process.
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
            // The caller did not get the id of the new session, so it is freed.
            call.Undo();
            return LibC.EFAULT;
        }

        return error;
    }
}
