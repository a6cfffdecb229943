namespace CryptoDev.Dialects;

/// <summary>A session call in words that all dialects share. Keys are addresses in the caller's memory.</summary>
internal readonly record struct SessionCall
{
    public uint Cipher { get; init; }

    public uint Mac { get; init; }

    public uint Compression { get; init; }

    public long KeyLength { get; init; }

    public nint Key { get; init; }

    public long MacKeyLength { get; init; }

    public nint MacKey { get; init; }

    /// <summary>The session's id, an output of the call.</summary>
    public uint Session { get; init; }

    /// <summary>FreeBSD: which drivers may serve.</summary>
    public DriverChoice Driver { get; init; }

    /// <summary>FreeBSD 14: nonce bytes asked for, 0 for the default.</summary>
    public int IvLength { get; init; }

    /// <summary>FreeBSD 14: tag bytes asked for, 0 for all.</summary>
    public int TagLength { get; init; }
}

/// <summary>Which drivers a FreeBSD caller lets serve: classes, or one driver by id.</summary>
internal readonly record struct DriverChoice(bool Hardware, bool Software, int DriverId);
