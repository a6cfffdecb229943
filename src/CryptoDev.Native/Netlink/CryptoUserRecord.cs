namespace CryptoDev.Native;

/// <summary>One algorithm as NETLINK_CRYPTO reports it. Sizes that its type does not have are 0.</summary>
internal sealed record CryptoUserRecord(string Name, string DriverName, string ModuleName, uint Flags)
{
    /// <summary>"skcipher", "ahash", ... as in the report attribute. Empty when the kernel sent none (a larval entry).</summary>
    public string Type { get; init; } = "";

    public uint Priority { get; init; }

    public uint BlockSize { get; init; }

    public uint IvSize { get; init; }

    public uint MinKeySize { get; init; }

    public uint MaxKeySize { get; init; }

    public uint DigestSize { get; init; }

    public uint MaxAuthSize { get; init; }

    public uint SeedSize { get; init; }
}
