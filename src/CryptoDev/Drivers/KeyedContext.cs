namespace CryptoDev.Drivers;

/// <summary>
/// A context whose every message reads the key's bytes. It holds the key for as long as it lives: a reference for each message would be a
/// word that all threads write.
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
