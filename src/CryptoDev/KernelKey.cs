namespace CryptoDev;

/// <summary>
/// A key in a kernel keyring, named by its serial number (keyrings(7)), so that its bytes need not be in this process. Usable by sessions on the
/// <c>af_alg</c> rung where the kernel takes keys by serial (ALG_SET_KEY_BY_KEY_SERIAL, Linux 6.2 and later); other rungs refuse it with a reason.
/// The object refers to the key; it does not own it: disposing it unlinks nothing. Safe from any thread.
/// </summary>
public sealed class KernelKey : SessionKey
{
    private KernelKey(int serial) => Serial = serial;

    /// <summary>The serial number of the key.</summary>
    public int Serial { get; }

    /// <summary>Always null: the kernel checks the length when a session sets the key.</summary>
    public override int? Length => null;

    /// <summary>Refers to the key with this serial number. Nothing is asked of the kernel until a session is created.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serial"/> is not positive; special keyring ids (negative) are not keys.</exception>
    public static KernelKey FromSerial(int serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(serial);
        return new KernelKey(serial);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Nothing to release: the key belongs to its keyring.
    }

    /// <summary>The serial number.</summary>
    public override string ToString() => $"KernelKey({Serial})";

    internal override void AddReference()
    {
    }

    internal override void ReleaseReference()
    {
    }
}
