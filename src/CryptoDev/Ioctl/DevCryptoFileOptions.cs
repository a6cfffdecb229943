namespace CryptoDev.Ioctl;

/// <summary>How a <see cref="DevCryptoFile"/> is opened. Immutable.</summary>
public sealed record DevCryptoFileOptions
{
    /// <summary>Where the device is.</summary>
    public string Path { get; init; } = "/dev/crypto";

    /// <summary>
    /// The release of the dialect (<c>freebsd 12</c>, <c>openbsd 2002</c>, ...); null: what the device is, and for an emulated one the
    /// newest.
    /// </summary>
    public string? Form { get; init; }

    /// <summary>
    /// What answers. <see cref="DriverPolicy.Ladder"/>: the device; where there is none, an emulated one in this process over AF_ALG, and
    /// where that is absent over libcrypto.
    /// <see cref="DriverPolicy.SoftwareOnly"/>: an emulated one over libcrypto. Pinned names: <c>devcrypto</c> is the device, other names
    /// are what stands behind an emulated one.
    /// </summary>
    public DriverPolicy Policy { get; init; } = DriverPolicy.Ladder;
}
