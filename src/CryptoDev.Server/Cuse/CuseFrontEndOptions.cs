namespace CryptoDev.Server.Cuse;

/// <summary>The options of a device node.</summary>
public sealed record CuseFrontEndOptions
{
    /// <summary>The node's name below /dev.</summary>
    public string DeviceName { get; init; } = "crypto";

    /// <summary>Permission bits of the node.</summary>
    public int Mode { get; init; } = Convert.ToInt32("600", 8);

    /// <summary>The node's group, by name or number. Null: root's group.</summary>
    public string? Group { get; init; }

    /// <summary>How the server accesses the caller's memory.</summary>
    public CuseTransfer Transfer { get; init; }

    /// <summary>How many requests run at once. More requests wait in the kernel or in a queue.</summary>
    public int MaxThreads { get; init; } = 64;
}

/// <summary>How the server accesses a caller's memory.</summary>
public enum CuseTransfer
{
    /// <summary>Directly if the system allows it, with one round trip per ioctl. By retry otherwise.</summary>
    Auto,

    /// <summary>Always by the kernel's retry protocol: one round trip for each piece of memory, and at most 128 KiB of output.</summary>
    Retry,
}
