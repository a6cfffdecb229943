using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>A device's session that was opened, with what is needed to open it again.</summary>
internal sealed record DevCryptoOpening(DeviceCaller Caller, DeviceRecipe Recipe, KernelSessionHandle First, SessionDriver Driver);

/// <summary>What all sessions of the device share: the pool of kernel sessions, one per operation that runs at the same time.</summary>
internal abstract class DevCryptoSession : PooledSession<DevCryptoContext>
{
    private int _disposed;

    private protected DevCryptoSession(DevCryptoOpening opening)
        : base(opening.Driver, opening.Recipe.Parameters.Transforms[0].Algorithm, new DevCryptoContext(opening.First))
    {
        Caller = opening.Caller;

        // Holds while the first kernel session does.
        Caller.TryAddReference();
        Recipe = opening.Recipe;
    }

    private protected DeviceCaller Caller { get; }

    private protected DeviceRecipe Recipe { get; }

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
    /// Where the kernel takes operations without waiting for them, those that are one call go there; the others, and all elsewhere, to a
    /// worker.
    /// </summary>
    public sealed override void Submit(CryptRun run)
    {
        // Read before it is started: one that was cancelled may belong to its caller again, and then nothing of what is read counts.
        CryptRequest request = run.Request;
        if (
            Caller.Queue is not { IsOffered: true } queue
            || request.IvSource != IvSource.Explicit
            || !request.Descriptors.IsEmpty
            || !request.AssociatedData.IsEmpty
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
            // Not hidden: it is the request's outcome, as on a worker. Memory of the caller's that cannot be pinned, say.
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
    /// Whether a plain request is one call of the kernel as it stands. One that does not fit the session goes to a worker too, which says
    /// why.
    /// </summary>
    private protected virtual bool IsOneCall(CryptRequest request) => false;

    /// <summary>
    /// What to throw about a kernel session that did not do what it was asked. It is freed with its rental: what state it is in is not
    /// worth reasoning about, and another costs one ioctl.
    /// </summary>
    private protected CryptoDevException Failed(int result, string operation) =>
        DevCryptoErrors.Create(Driver.Name, $"{operation} with {Recipe.First.Name}", result);

    private protected sealed override DevCryptoContext CreateContext() =>
        KernelSessionHandle.Open(Caller, Recipe, out int result) is { } session
            ? new DevCryptoContext(session)
            : throw DevCryptoErrors.Create(Driver.Name, $"open another session of {Recipe.First.Name}", result);
}
