namespace CryptoDev.Ioctl.Emulation;

/// <summary>The bytes of one operation in this process. They are copied in, or lent by the caller.</summary>
internal ref struct CryptBuffers
{
    /// <summary>The whole input, with an IV before the message and an attached tag after it.</summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>Where the whole result is written. It may start at the same address as the source.</summary>
    public Span<byte> Result { get; init; }

    /// <summary>The caller's IV. The chained IV is written here.</summary>
    public Span<byte> Iv { get; init; }

    public Span<byte> AssociatedData { get; init; }

    /// <summary>The caller's tag when it is verified. Otherwise the tag is written here. It has the dialect's length.</summary>
    public Span<byte> Tag { get; init; }
}
