namespace CryptoDev.Drivers;

/// <summary>The properties by which a driver accepts a transform: its algorithm and sizes, not its key bytes.</summary>
internal readonly record struct TransformShape(CryptoAlgorithm Algorithm, int KeyLength, int TagLength, int IvLength)
{
    private const int Unknown = -1;

    /// <summary>False for a key that stays in the kernel: a driver may refuse that particular key, whatever its size.</summary>
    public bool IsComparable => KeyLength != Unknown;

    public static TransformShape Of(CryptoTransform transform) =>
        new(
            transform.Algorithm,
            transform.Key is KernelKey ? Unknown : transform.Key?.Length ?? 0,
            transform.EffectiveTagLength,
            transform.EffectiveIvLength
        );
}
