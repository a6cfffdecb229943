namespace CryptoDev;

/// <summary>
/// A key that sessions can use: bytes held by this process (<see cref="CryptoKey"/>) or a key that stays in the kernel
/// (<see cref="KernelKey"/>).
/// A session takes a counted reference of its own, so the caller may dispose his as soon as the session exists. Safe from any thread.
/// </summary>
/// <remarks>BSD original: <c>cri_key</c> and <c>cri_klen</c> of <c>struct cryptoini</c>.</remarks>
public abstract class SessionKey : IDisposable
{
    private protected SessionKey() { }

    /// <summary>Key length in bytes, or null where the kernel alone knows it.</summary>
    public abstract int? Length { get; }

    /// <summary>Releases the caller's reference; the key material is zeroed when the last session that uses it is gone.</summary>
    public abstract void Dispose();

    /// <summary>Takes a counted reference that the caller must release.</summary>
    /// <exception cref="ObjectDisposedException">The key is disposed and no session holds it.</exception>
    internal abstract void AddReference();

    /// <summary>Gives back what <see cref="AddReference"/> took.</summary>
    internal abstract void ReleaseReference();
}
