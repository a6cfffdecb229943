using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>Flags of a <see cref="CryptDescriptor"/>.</summary>
/// <remarks>BSD original: <c>CRD_F_*</c>. The values here are this library's own. The dialects map them.</remarks>
[Flags]
public enum CryptDescriptorFlags
{
    /// <summary>Decrypt. The IV is in the buffer at the inject offset.</summary>
    None = 0,

    /// <summary>Encrypt (<c>CRD_F_ENCRYPT</c>).</summary>
    Encrypt = 1,

    /// <summary>When encrypting: the IV is in the buffer already, or must not be written to it (<c>CRD_F_IV_PRESENT</c>).</summary>
    IvPresent = 2,

    /// <summary>The IV is in the descriptor (<c>CRD_F_IV_EXPLICIT</c>).</summary>
    IvExplicit = 4,
}

/// <summary>
/// One step of an operation on one buffer: it names a transform and the bytes that the transform changes in place. <see cref="Inject"/> is
/// where the IV (ciphers) or the digest, MAC or tag is written or read.
/// </summary>
/// <remarks>
/// BSD original: <c>struct cryptodesc</c>: <c>crd_skip</c>, <c>crd_len</c>, <c>crd_inject</c>, <c>crd_flags</c>, <c>crd_iv</c>,
/// <c>crd_alg</c>.
/// </remarks>
public struct CryptDescriptor
{
    private IvBytes _iv;
    private byte _ivLength;

    /// <summary>The algorithm of the transform. The session has one transform of each algorithm (<c>crd_alg</c>).</summary>
    public CryptoAlgorithm Algorithm { get; set; }

    /// <summary>Offset in bytes of the first byte to process (<c>crd_skip</c>).</summary>
    public int Skip { get; set; }

    /// <summary>Number of bytes to process (<c>crd_len</c>).</summary>
    public int Length { get; set; }

    /// <summary>Offset in bytes of the IV, digest or tag (<c>crd_inject</c>).</summary>
    public int Inject { get; set; }

    /// <summary>The direction, and where the IV is (<c>crd_flags</c>).</summary>
    public CryptDescriptorFlags Flags { get; set; }

    /// <summary>Copies an explicit IV (<c>crd_iv</c>) into the descriptor and sets <see cref="CryptDescriptorFlags.IvExplicit"/>.</summary>
    /// <exception cref="ArgumentException">The IV has more than 128 bytes.</exception>
    public void SetIv(InputBytes iv)
    {
        if (iv.Length > IvBytes.Length)
        {
            throw new ArgumentException($"An IV has at most {IvBytes.Length} bytes; {iv.Length} were given.", nameof(iv));
        }

        iv.Span.CopyTo(_iv);
        _ivLength = (byte)iv.Length;
        Flags |= CryptDescriptorFlags.IvExplicit;
    }

    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> Iv => ((ReadOnlySpan<byte>)_iv)[.._ivLength];

    [InlineArray(Length)]
    private struct IvBytes
    {
        public const int Length = AlgorithmLimits.LongestIv;
        private byte _first;
    }
}
