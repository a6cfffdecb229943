namespace CryptoDev;

/// <summary>What computes for a driver.</summary>
public enum DriverKind
{
    /// <summary>Plain code on the CPU.</summary>
    Generic,

    /// <summary>Code on the CPU that uses instructions made for cryptography.</summary>
    Accelerated,

    /// <summary>A device.</summary>
    Hardware,
}
