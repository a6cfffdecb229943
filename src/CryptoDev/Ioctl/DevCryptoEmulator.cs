namespace CryptoDev.Ioctl;

/// <summary>An emulated device.</summary>
public sealed class DevCryptoEmulator : IDisposable
{
    /// <summary>Makes a device.</summary>
    public DevCryptoEmulator(DevCryptoEmulatorOptions options) => throw new NotImplementedException();

    /// <summary>Opens it.</summary>
    public int Open(out EmulatedFile? file) => throw new NotImplementedException();

    /// <summary>Ends it.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>How a device behaves.</summary>
public sealed record DevCryptoEmulatorOptions
{
    /// <summary>The dialect.</summary>
    public DialectInfo Dialect { get; init; } = DialectInfo.CryptodevLinux;

    /// <summary>Which drivers serve.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;
}
