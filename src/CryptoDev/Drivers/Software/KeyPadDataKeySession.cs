using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// Keyed MD5 and SHA-1 of RFC 1828 and RFC 1852. The input is the key, then padding, then the data, then the key again. The padding is the
/// one that the digest appends to a message of the key's length. The padded key is hashed once per context, and that state is copied for
/// each message.
/// </summary>
internal sealed class KeyPadDataKeySession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<KeyPadDataKeyContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<KeyPadDataKeyContext> rental = new(Contexts);
        if (!Run(rental.Context, in op))
        {
            throw Refused(Algorithm, "authenticate");
        }

        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest() =>
        new EvpDigestState(Transform, KeyPadDataKeyContext.CreateFilledKey(Transform), appendKey: true);

    private protected override KeyPadDataKeyContext CreateContext() => new(Transform);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Run(KeyPadDataKeyContext context, in CryptOp op)
    {
        Span<byte> full = stackalloc byte[LibCrypto.EVP_MAX_MD_SIZE];
        if (
            !context.Work.CopyFrom(context.FilledKey)
            || !context.Work.Update(op.AssociatedData)
            || !context.Work.Update(op.Source)
            || !context.Work.Update(context.Key)
            || !context.Work.Finish(full)
        )
        {
            return false;
        }

        full[..op.Tag.Length].CopyTo(op.Tag);
        return true;
    }
}

/// <summary>The state after the padded key, and a context for the message.</summary>
internal sealed class KeyPadDataKeyContext : KeyedContext
{
    private const int DigestBlock = 64;

    public KeyPadDataKeyContext(CryptoTransform transform)
        : base(transform)
    {
        try
        {
            FilledKey = CreateFilledKey(transform);
            Work = new EvpDigestContextHandle(FilledKey);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public EvpDigestContextHandle FilledKey { get; }

    public EvpDigestContextHandle Work { get; }

    public override void Dispose()
    {
        FilledKey?.Dispose();
        Work?.Dispose();
        base.Dispose();
    }

    public static EvpDigestContextHandle CreateFilledKey(CryptoTransform transform)
    {
        using KeyLease key = new(transform);
        EvpDigestContextHandle digest = new(LibCryptoContext.Instance.Digest(transform.Algorithm.Libcrypto.Name!));
        Span<byte> fill = stackalloc byte[2 * DigestBlock];
        int length = FillUp(key.Bytes.Length, bigEndian: transform.Algorithm.DigestSize != 16, fill);
        if (digest.Update(key.Bytes) && digest.Update(fill[..length]))
        {
            return digest;
        }

        CryptoDevException refusal = SoftwareSession<KeyPadDataKeyContext>.Refused(transform.Algorithm, "key");
        digest.Dispose();
        throw refusal;
    }

    /// <summary>
    /// The padding up to a block: one bit, zeros, and the length in bits in eight bytes. MD5 writes the length little-endian, SHA-1
    /// big-endian.
    /// </summary>
    private static int FillUp(int keyLength, bool bigEndian, Span<byte> fill)
    {
        int used = keyLength % DigestBlock;
        int length = (used < DigestBlock - sizeof(ulong) ? DigestBlock : 2 * DigestBlock) - used;
        fill.Clear();
        fill[0] = 0x80;
        Span<byte> bits = fill.Slice(length - sizeof(ulong), sizeof(ulong));
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bits, (ulong)keyLength * 8);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bits, (ulong)keyLength * 8);
        }

        return length;
    }
}
