namespace CryptoDev;

/// <summary>How a <see cref="CryptoDevice"/> is opened.</summary>
public sealed record CryptoDeviceOptions
{
    /// <summary>The policy for sessions that name none; <see cref="DriverPolicy.Ladder"/> by default.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;
}
