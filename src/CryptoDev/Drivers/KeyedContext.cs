namespace CryptoDev.Drivers;

/// <summary>
/// A context that reads the key's bytes for every message. It holds one reference to the key for as long as it lives. A reference per
/// message would make all threads write the same word.
/// </summary>
internal class KeyedContext : RentedContext
{
    private readonly CryptoTransform _transform;
    private SessionKey? _key;

    public KeyedContext(CryptoTransform transform)
    {
        _transform = transform;
        transform.Key?.AddReference();
        _key = transform.Key;
    }

    public ReadOnlySpan<byte> Key => _transform.KeyBytes;

    public override void Dispose() => Interlocked.Exchange(ref _key, null)?.ReleaseReference();
}
