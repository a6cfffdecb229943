namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// A running hash and the framework's session whose key it was begun with. CIOCCPHASH gives it to another emulated session, and the first may be freed before it ends: so it keeps that
/// key's session, and not the emulated one, which may have this very hash by then.
/// </summary>
internal sealed class RunningHash : IDisposable
{
    private readonly DigestOperation _operation;
    private readonly CountedSession _mac;

    public RunningHash(DigestOperation operation, CountedSession mac)
    {
        _operation = operation;
        _mac = mac;
        mac.AddReference();
    }

    public void Update(ReadOnlySpan<byte> source) => _operation.Update(source);

    public void Final(Span<byte> digest) => _operation.Final(digest[.._operation.DigestLength]);

    /// <summary>The same state for another session.</summary>
    public RunningHash CloneForOther() => new(_operation.Clone(), _mac);

    public void Dispose()
    {
        _operation.Dispose();
        _mac.Release();
    }
}

/// <summary>A session of the framework with several users; it refers to none of them, so none can keep itself alive by it.</summary>
internal sealed class CountedSession(Session session)
{
    private int _users = 1;

    public Session Session => session;

    public void AddReference() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            session.Dispose();
        }
    }
}
