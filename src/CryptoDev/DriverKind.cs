namespace CryptoDev;

/// <summary>The kind of code or hardware that a driver uses.</summary>
public enum DriverKind
{
    /// <summary>Plain code on the CPU.</summary>
    Generic,

    /// <summary>Code that uses the CPU's instructions for cryptography.</summary>
    Accelerated,

    /// <summary>A hardware device.</summary>
    Hardware,
}
