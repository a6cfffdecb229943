namespace CryptoDev;

/// <summary>How a <see cref="CryptoDevice"/> is opened.</summary>
public sealed record CryptoDeviceOptions
{
    /// <summary>The policy for sessions that name none; <see cref="DriverPolicy.Ladder"/> by default.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;

    /// <summary>
    /// Where the device of the first rung (<c>devcrypto</c>) is; null: no such rung. It is opened when the first session asks for it.
    /// </summary>
    public string? DevCryptoPath { get; init; } = "/dev/crypto";

    /// <summary>
    /// The ABI that device speaks: <c>linux</c>, <c>netbsd</c>, <c>freebsd</c> or <c>openbsd</c>, or one release of it (<c>freebsd 12</c>,
    /// <c>freebsd 13</c>, <c>freebsd 14</c>, <c>openbsd 2002</c>, <c>openbsd 2014</c>). Null: it is found out by asking the device, which
    /// is not possible for every one.
    /// </summary>
    public string? DevCryptoDialect { get; init; }
}
