namespace CryptoDev.Dialects;

/// <summary>A session call in a form that all dialects share. The keys are addresses in the caller's memory.</summary>
internal readonly record struct SessionCall
{
    public uint Cipher { get; init; }

    public uint Mac { get; init; }

    public uint Compression { get; init; }

    public long KeyLength { get; init; }

    public nint Key { get; init; }

    public long MacKeyLength { get; init; }

    public nint MacKey { get; init; }

    /// <summary>The session's id, which the call returns.</summary>
    public uint Session { get; init; }

    /// <summary>FreeBSD: the drivers that the caller allows.</summary>
    public DriverChoice Driver { get; init; }

    /// <summary>FreeBSD 14: the length of the nonce in bytes. 0: the default.</summary>
    public int IvLength { get; init; }

    /// <summary>FreeBSD 14: the length of the tag in bytes. 0: all.</summary>
    public int TagLength { get; init; }
}

/// <summary>The drivers that a FreeBSD caller allows: classes, or one driver by id.</summary>
internal readonly record struct DriverChoice(bool Hardware, bool Software, int DriverId);
