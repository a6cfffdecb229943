namespace CryptoDev.Drivers;

/// <summary>Holds the key of a transform while its bytes are read, so that Dispose on another thread cannot zero them meanwhile.</summary>
internal readonly ref struct KeyLease
{
    private readonly SessionKey? _key;

    public KeyLease(CryptoTransform transform)
    {
        transform.Key?.AddReference();
        _key = transform.Key;
        Bytes = transform.KeyBytes;
    }

    /// <summary>The key bytes; empty where there is no key or the key stays in the kernel.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public void Dispose() => _key?.ReleaseReference();
}
