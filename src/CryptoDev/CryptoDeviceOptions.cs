namespace CryptoDev;

/// <summary>How a <see cref="CryptoDevice"/> is opened. Immutable.</summary>
public sealed record CryptoDeviceOptions
{
    private readonly string? _devCryptoPath = "/dev/crypto";

    /// <summary>The policy for sessions and operations that give none. The default is <see cref="DriverPolicy.Ladder"/>.</summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;

    /// <summary>
    /// The path of the device of the first rung (<c>devcrypto</c>). Null turns that rung off. The default is <c>/dev/crypto</c>, which need
    /// not be there: it is opened when the first session asks for it. A path that is given must be there: it is opened by
    /// <see cref="CryptoDevice.Open"/>, and where that fails no other driver takes its place in silence.
    /// </summary>
    public string? DevCryptoPath
    {
        get => _devCryptoPath;
        init
        {
            _devCryptoPath = value;
            DemandsDevice = value is not null;
        }
    }

    /// <summary>Whether the path was given.</summary>
    internal bool DemandsDevice { get; private init; }

    /// <summary>
    /// The ABI of that device: <c>linux</c>, <c>netbsd</c>, <c>freebsd</c> or <c>openbsd</c>, or one release of it (<c>netbsd 7</c>,
    /// <c>netbsd 10</c>, <c>freebsd 12</c>, <c>freebsd 13</c>, <c>freebsd 14</c>, <c>openbsd 2002</c>, <c>openbsd 2014</c>). Null: the
    /// library asks the device. Not every device can be recognized in that way.
    /// </summary>
    public string? DevCryptoDialect { get; init; }

    /// <summary>
    /// Whether XTS keys with two equal halves are refused, as FIPS 140 requires. The default is false: IEEE 1619 has a test vector with
    /// such a key. A kernel in FIPS mode refuses them in any case.
    /// </summary>
    public bool RefuseEqualXtsHalves { get; init; }
}
