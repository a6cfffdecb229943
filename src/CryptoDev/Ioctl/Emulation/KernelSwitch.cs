namespace CryptoDev.Ioctl.Emulation;

/// <summary>The switches that the kernels of the BSDs have for the device.</summary>
internal enum SwitchName
{
    UserCrypto,
    UserAsymCrypto,
    AllowSoft,
}

/// <summary>A switch whose value may change while the device is served. Safe from any thread.</summary>
/// <param name="given">The value that was asked for. Null: the default of the release.</param>
internal sealed class KernelSwitch(int? given)
{
    private const long Unset = long.MinValue;
    private long _value = given ?? Unset;

    /// <summary>The value of this moment.</summary>
    /// <param name="standard">The default of the release.</param>
    public int Or(int standard) => Volatile.Read(ref _value) is not Unset and long value ? (int)value : standard;

    public void Set(int value) => Volatile.Write(ref _value, value);
}
