namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The framework's session of a digest or MAC. CIOCCPHASH gives a running hash to another session, and the one whose key it was begun with
/// may be freed before it ends, so it is counted. It refers to no hash: however hashes are copied to and fro, no circle keeps it.
/// </summary>
internal sealed class SharedMac(Session session)
{
    private int _references = 1;

    public Session Session => session;

    /// <summary>A hash with this key.</summary>
    /// <exception cref="CryptoDevException">The driver has none that runs.</exception>
    public RunningHash BeginHash() => new(session.BeginDigest(), this);

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            session.Dispose();
        }
    }
}

/// <summary>A running hash, which holds what it was begun with.</summary>
internal sealed class RunningHash : IDisposable
{
    private readonly DigestOperation _operation;
    private readonly SharedMac _mac;

    public RunningHash(DigestOperation operation, SharedMac mac)
    {
        _operation = operation;
        _mac = mac;
        mac.AddReference();
    }

    public void Update(ReadOnlySpan<byte> source) => _operation.Update(source);

    public void Final(Span<byte> digest) => _operation.Final(digest[.._operation.DigestLength]);

    /// <summary>The same state for another session.</summary>
    public RunningHash Clone() => new(_operation.Clone(), _mac);

    public void Dispose()
    {
        _operation.Dispose();
        _mac.Release();
    }
}
