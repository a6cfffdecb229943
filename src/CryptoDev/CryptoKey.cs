using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// Key bytes in memory outside the managed heap. They are copied once, and zeroed when the key is disposed and no session uses it. The
/// caller must clear his own copy of the bytes. Safe from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>cri_key</c> and <c>cri_klen</c> of <c>struct cryptoini</c> (lengths there are in bits, here in bytes).
/// </remarks>
public sealed class CryptoKey : SessionKey
{
    private readonly SecureMemoryHandle _memory;

    /// <summary>
    /// Copies <paramref name="bytes"/>, of any length but none. Whether the algorithm accepts the length is checked when the session's
    /// parameters are built.
    /// </summary>
    /// <exception cref="ArgumentException">There are no bytes. A MAC with an empty key takes <see cref="Empty"/>.</exception>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public CryptoKey(InputBytes bytes)
        : this(bytes.IsEmpty ? throw NoBytes() : SecureMemoryHandle.Copy(bytes)) { }

    private CryptoKey(SecureMemoryHandle memory) => _memory = memory;

    /// <summary>
    /// The key of no bytes. HMAC accepts it, and everybody knows it, so it is had by name only. One for all: disposing it has no effect.
    /// </summary>
    public static CryptoKey Empty { get; } = new(SecureMemoryHandle.Allocate(0));

    /// <inheritdoc/>
    public override int? Length => _memory.Length;

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (this != Empty)
        {
            _memory.Dispose();
        }
    }

    /// <summary>The length of the key, never its bytes.</summary>
    public override string ToString() => $"CryptoKey({_memory.Length} bytes)";

    /// <summary>The bytes. They are valid while the caller holds a counted reference.</summary>
    internal ReadOnlySpan<byte> Bytes => _memory.Bytes;

    /// <summary>Copies bytes that may be none. For callers to whom an empty key was given as such, as a device is.</summary>
    internal static CryptoKey Copy(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? Empty : new CryptoKey(bytes);

    internal override void AddReference()
    {
        try
        {
            bool added = false;
            _memory.DangerousAddRef(ref added);
        }
        catch (ObjectDisposedException)
        {
            // That names the memory, which is none of the caller's.
            throw new ObjectDisposedException(typeof(CryptoKey).FullName);
        }
    }

    internal override void ReleaseReference() => _memory.DangerousRelease();

    private static ArgumentException NoBytes() =>
        new("The key has no bytes. An empty key, as HMAC accepts it, is CryptoKey.Empty.", "bytes");
}
