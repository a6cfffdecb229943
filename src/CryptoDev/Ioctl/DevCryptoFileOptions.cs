namespace CryptoDev.Ioctl;

/// <summary>How a <see cref="DevCryptoFile"/> is opened. Immutable.</summary>
public sealed record DevCryptoFileOptions
{
    /// <summary>The path of the device.</summary>
    public string Path { get; init; } = "/dev/crypto";

    /// <summary>
    /// The release of the dialect (<c>freebsd 12</c>, <c>openbsd 2002</c>, ...). Null: that of the device, or the newest for an emulated
    /// device.
    /// </summary>
    public string? Form { get; init; }

    /// <summary>
    /// Which device is opened. <see cref="DriverPolicy.Ladder"/>: the real device; without it an emulated device in this process, over
    /// AF_ALG, or over libcrypto without AF_ALG. <see cref="DriverPolicy.SoftwareOnly"/>: an emulated device over libcrypto. Pinned names:
    /// <c>devcrypto</c> is the real device, and other names are the drivers of an emulated one.
    /// </summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;
}
