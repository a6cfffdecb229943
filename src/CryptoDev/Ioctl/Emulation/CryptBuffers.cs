namespace CryptoDev.Ioctl.Emulation;

/// <summary>The bytes of one operation, in this process: copied in, or lent by the caller.</summary>
internal ref struct CryptBuffers
{
    /// <summary>The whole input, an IV in front and an attached tag included.</summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>Room for the whole result; may be the same memory as the source, from its start.</summary>
    public Span<byte> Result { get; init; }

    /// <summary>The caller's IV; takes the chained one.</summary>
    public Span<byte> Iv { get; init; }

    public Span<byte> AssociatedData { get; init; }

    /// <summary>The caller's tag where it is verified, else room for it; the dialect's length.</summary>
    public Span<byte> Tag { get; init; }
}
