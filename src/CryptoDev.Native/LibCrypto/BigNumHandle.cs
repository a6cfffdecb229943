namespace CryptoDev.Native;

/// <summary>
/// A <c>BIGNUM</c> that is never negative and is cleared when freed. Each one requests libcrypto's constant-time routines. The secret
/// operand differs per operation, and a missing flag on one operand would not be noticed.
/// </summary>
internal sealed unsafe class BigNumHandle : LibCryptoHandle
{
    public BigNumHandle()
        : base(LibCrypto.BN_secure_new()) => LibCrypto.BN_set_flags(handle, LibCrypto.BN_FLG_CONSTTIME);

    /// <summary>The number of significant bits. 0 for zero.</summary>
    public int Bits => LibCrypto.BN_num_bits(handle);

    public bool IsZero => LibCrypto.BN_is_zero(handle) == 1;

    public bool IsOne => LibCrypto.BN_is_one(handle) == 1;

    public bool IsOdd => LibCrypto.BN_is_odd(handle) == 1;

    /// <summary>The number of zero bits below the lowest set one.</summary>
    public int TrailingZeros
    {
        get
        {
            int zeros = 0;
            while (LibCrypto.BN_is_bit_set(handle, zeros) == 0)
            {
                zeros++;
            }

            return zeros;
        }
    }

    public bool IsBitSet(int bit) => LibCrypto.BN_is_bit_set(handle, bit) == 1;

    public bool IsBelow(BigNumHandle other) => LibCrypto.BN_ucmp(handle, other.handle) < 0;

    public bool IsSameAs(BigNumHandle other) => LibCrypto.BN_ucmp(handle, other.handle) == 0;

    /// <summary>Takes the value of a little-endian number.</summary>
    public void Read(ReadOnlySpan<byte> littleEndian)
    {
        fixed (byte* bytes = littleEndian)
        {
            if (LibCrypto.BN_lebin2bn(bytes, littleEndian.Length, handle) == 0)
            {
                throw new LibCryptoException(LibCrypto.TakeError());
            }
        }
    }

    /// <summary>Writes the value padded with zeros. The time does not depend on the value. False if it does not fit.</summary>
    public bool TryWrite(Span<byte> littleEndian)
    {
        fixed (byte* bytes = littleEndian)
        {
            return LibCrypto.BN_bn2lebinpad(handle, bytes, littleEndian.Length) == littleEndian.Length;
        }
    }

    protected override void Free(nint pointer) => LibCrypto.BN_clear_free(pointer);
}

/// <summary>
/// A <c>BN_CTX</c> of our library context. It holds temporary numbers, which are cleared when freed, and gives access to the random
/// generator.
/// </summary>
internal sealed unsafe class BigNumContextHandle() : LibCryptoHandle(LibCrypto.BN_CTX_secure_new_ex(LibCryptoContext.Instance.Pointer))
{
    protected override void Free(nint pointer) => LibCrypto.BN_CTX_free(pointer);
}

/// <summary>A <c>BN_MONT_CTX</c> for one odd modulus.</summary>
internal sealed unsafe class MontgomeryContextHandle : LibCryptoHandle
{
    public MontgomeryContextHandle(BigNumHandle modulus, BigNumContextHandle scratch)
        : base(LibCrypto.BN_MONT_CTX_new())
    {
        if (LibCrypto.BN_MONT_CTX_set(handle, modulus.Pointer, scratch.Pointer) != 1)
        {
            string reason = LibCrypto.TakeError();
            Dispose();
            throw new LibCryptoException(reason);
        }
    }

    protected override void Free(nint pointer) => LibCrypto.BN_MONT_CTX_free(pointer);
}
