namespace CryptoDev;

/// <summary>
/// A key for sessions: bytes in this process (<see cref="CryptoKey"/>), or a key that stays in the kernel (<see cref="KernelKey"/>). A
/// session takes its own counted reference, so the caller may dispose the key when the session exists. Safe from any thread.
/// </summary>
/// <remarks>BSD original: <c>cri_key</c> and <c>cri_klen</c> of <c>struct cryptoini</c>.</remarks>
public abstract class SessionKey : IDisposable
{
    private protected SessionKey() { }

    /// <summary>The key length in bytes, or null if only the kernel knows it.</summary>
    public abstract int? Length { get; }

    /// <summary>Releases the caller's reference. The key is zeroed when the last session that uses it is closed.</summary>
    public abstract void Dispose();

    /// <summary>Takes a counted reference that the caller must release.</summary>
    /// <exception cref="ObjectDisposedException">The key is disposed and no session holds it.</exception>
    internal abstract void AddReference();

    /// <summary>Releases the reference that <see cref="AddReference"/> took.</summary>
    internal abstract void ReleaseReference();
}
