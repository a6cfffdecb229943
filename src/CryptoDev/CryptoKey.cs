using CryptoDev.Native;

namespace CryptoDev;

/// <summary>
/// Key bytes, copied once to memory off the managed heap and zeroed when nobody uses them any more. The caller's own copy stays the
/// caller's to clear.
/// Safe from any thread.
/// </summary>
/// <remarks>
/// BSD original: <c>cri_key</c> and <c>cri_klen</c> of <c>struct cryptoini</c> (lengths there are in bits, here in bytes).
/// </remarks>
public sealed class CryptoKey : SessionKey
{
    private readonly SecureMemoryHandle _memory;

    /// <summary>
    /// Copies <paramref name="bytes"/>. Any length; whether an algorithm takes it is checked when a session's parameters are built.
    /// </summary>
    public CryptoKey(ReadOnlySpan<byte> bytes) => _memory = SecureMemoryHandle.Copy(bytes);

    /// <inheritdoc/>
    public override int? Length => _memory.Length;

    /// <inheritdoc/>
    public override void Dispose() => _memory.Dispose();

    /// <summary>Only the length, never the bytes.</summary>
    public override string ToString() => $"CryptoKey({_memory.Length} bytes)";

    /// <summary>The bytes; valid while the caller holds a counted reference.</summary>
    internal ReadOnlySpan<byte> Bytes => _memory.Bytes;

    internal override void AddReference()
    {
        bool added = false;
        _memory.DangerousAddRef(ref added);
    }

    internal override void ReleaseReference() => _memory.DangerousRelease();
}
