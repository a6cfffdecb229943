namespace CryptoDev.Server.Cuse;

/// <summary>How a device node is served.</summary>
public sealed record CuseFrontEndOptions
{
    /// <summary>The node's name below /dev.</summary>
    public string DeviceName { get; init; } = "crypto";

    /// <summary>Permission bits of the node.</summary>
    public int Mode { get; init; } = Convert.ToInt32("600", 8);

    /// <summary>The node's group, by name or number; null leaves root's.</summary>
    public string? Group { get; init; }

    /// <summary>How the caller's memory is reached.</summary>
    public CuseTransfer Transfer { get; init; }

    /// <summary>How many requests are worked on at once; more wait in the kernel or in a queue.</summary>
    public int MaxThreads { get; init; } = 64;
}

/// <summary>How the memory of a caller is reached.</summary>
public enum CuseTransfer
{
    /// <summary>Directly where the system lets us, which takes one round trip per ioctl; by retry where not.</summary>
    Auto,

    /// <summary>Always by the kernel's retry protocol: a round trip for each piece, and at most 128 KiB of output.</summary>
    Retry,
}
