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
    /// Copies <paramref name="bytes"/>, of any length. Whether the algorithm accepts the length is checked when the session's parameters
    /// are built.
    /// </summary>
    public CryptoKey(ReadOnlySpan<byte> bytes) => _memory = SecureMemoryHandle.Copy(bytes);

    /// <inheritdoc/>
    public override int? Length => _memory.Length;

    /// <inheritdoc/>
    public override void Dispose() => _memory.Dispose();

    /// <summary>The length of the key, never its bytes.</summary>
    public override string ToString() => $"CryptoKey({_memory.Length} bytes)";

    /// <summary>The bytes. They are valid while the caller holds a counted reference.</summary>
    internal ReadOnlySpan<byte> Bytes => _memory.Bytes;

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
}
