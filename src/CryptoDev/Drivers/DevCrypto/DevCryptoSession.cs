using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>An opened session of a device, with the data for opening it again.</summary>
internal sealed record DevCryptoOpening(DeviceCaller Caller, DeviceRecipe Recipe, KernelSessionHandle First, DeviceSessionFacts Facts);

/// <summary>
/// The common base of all sessions of the device: a pool of kernel sessions, one for each operation that runs at the same time.
/// </summary>
internal abstract class DevCryptoSession : PooledSession<DevCryptoContext>
{
    private int _disposed;

    private protected DevCryptoSession(DevCryptoOpening opening)
        : base(opening.Facts.Driver, opening.Recipe.Parameters.Transforms[0].Algorithm, new DevCryptoContext(opening.First))
    {
        Caller = opening.Caller;

        // This succeeds, because the first kernel session holds a reference.
        Caller.TryAddReference();
        Recipe = opening.Recipe;
        Facts = opening.Facts;
    }

    private protected DeviceCaller Caller { get; }

    private protected DeviceRecipe Recipe { get; }

    private protected DeviceSessionFacts Facts { get; }

    public override void Dispose()
    {
        base.Dispose();
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Caller.Release();
        }
    }

    /// <summary>Whether the result is a digest.</summary>
    internal virtual bool IsDigest => false;

    /// <summary>
    /// Some kernels accept operations without waiting for them. An operation that is one call goes to such a kernel. All others go to a
    /// worker: also where the kernel may have to copy a buffer that is not aligned, which cryptodev-linux cannot do without its caller.
    /// </summary>
    public sealed override void Submit(CryptRun run)
    {
        // The request is read before the run is started. After a cancellation the request may belong to its caller again. Then the run
        // cannot be started, and the values read here have no effect.
        CryptRequest request = run.Request;
        if (
            Caller.Queue is not { IsOffered: true } queue
            || request.IvSource != IvSource.Explicit
            || !request.Descriptors.IsEmpty
            || !request.AssociatedData.IsEmpty
            || request.Source.Length > Facts.MostBytes
            || Facts.AlignMask != 0
            || !IsOneCall(request)
        )
        {
            base.Submit(run);
            return;
        }

        if (!run.TryStart())
        {
            run.LetGo();
            return;
        }

        LongRental<DevCryptoContext>? rental = null;
        PendingRequest pending;
        try
        {
            rental = new LongRental<DevCryptoContext>(Contexts);
            pending = new PendingRequest(this, run, rental, Recipe.First);
        }
        catch (Exception error)
        {
            // The exception is not lost: it becomes the outcome of the request, as on a worker. Memory that cannot be pinned is one cause.
            rental?.Spare();
            run.Complete(0, error);
            return;
        }

        if (!queue.TryStart(pending))
        {
            pending.Abandon();
            ThreadPool.UnsafeQueueUserWorkItem(static started => started.RunStarted(), run, preferLocal: false);
        }
    }

    /// <summary>Ends a request whose result was fetched.</summary>
    internal void Settle(PendingRequest pending, LongRental<DevCryptoContext> rental, int status)
    {
        CryptRun run = pending.Run;
        CryptRequest request = run.Request;
        if (status != 0)
        {
            rental.Fail();
            run.Complete(0, DevCryptoErrors.Create(Driver.Name, $"process a request with {Recipe.First.Name}", -status));
            return;
        }

        int written = request.Source.Length;
        if (IsDigest)
        {
            written = request.Tag.Length;
            pending.Digest[..written].CopyTo(request.Tag.Span);
        }

        rental.Finish(request.Source.Length);
        run.Complete(written, null);
    }

    /// <summary>
    /// Whether a plain request can be one call of the kernel without changes. A request that does not fit the session also goes to a
    /// worker, which reports the reason.
    /// </summary>
    private protected virtual bool IsOneCall(CryptRequest request) => false;

    /// <summary>
    /// The exception for a kernel session whose call failed. The kernel session is freed when its rental ends, because its state is
    /// unknown. A new one costs one ioctl.
    /// </summary>
    private protected CryptoDevException Failed(int result, string operation) =>
        DevCryptoErrors.Create(Driver.Name, $"{operation} with {Recipe.First.Name}", result);

    private protected sealed override DevCryptoContext CreateContext() =>
        KernelSessionHandle.Open(Caller, Recipe, out int result) is { } session
            ? new DevCryptoContext(session)
            : throw DevCryptoErrors.Create(Driver.Name, $"open another session of {Recipe.First.Name}", result);
}
