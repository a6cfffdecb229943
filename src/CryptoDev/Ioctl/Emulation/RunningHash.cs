namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The framework's session of a digest or MAC, counted. CIOCCPHASH copies a running hash to another session. The session whose key the hash
/// was begun with may be freed before the hash ends. It has no reference to the hashes, so copying hashes cannot make a reference cycle.
/// </summary>
internal sealed class SharedMac(Session session)
{
    private int _references = 1;

    public Session Session => session;

    /// <summary>Begins a hash with this key.</summary>
    /// <exception cref="CryptoDevException">The driver has no running hash.</exception>
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

/// <summary>A running hash. It holds a reference to the session that it was begun with.</summary>
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

    /// <summary>Copies the state for another session.</summary>
    public RunningHash Clone() => new(_operation.Clone(), _mac);

    public void Dispose()
    {
        _operation.Dispose();
        _mac.Release();
    }
}
