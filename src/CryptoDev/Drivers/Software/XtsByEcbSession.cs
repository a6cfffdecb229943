using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// AES-XTS (IEEE 1619) by AES-ECB, for keys with two equal halves: libcrypto does not encrypt with them. It is slower than libcrypto's XTS.
/// </summary>
internal sealed class XtsByEcbSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<XtsByEcbContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<XtsByEcbContext> rental = new(Contexts);
        if (!Run(rental.Context, in op))
        {
            throw Refused(Algorithm, "process");
        }

        int length = op.Source.Length;
        rental.Finish(length);
        return length;
    }

    private protected override XtsByEcbContext CreateContext() => new(Transform);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Run(XtsByEcbContext context, in CryptOp op) => context.Run(in op);
}

/// <summary>The ECB contexts of both halves of the key: the first half for the data, the second for the tweak.</summary>
internal sealed class XtsByEcbContext(CryptoTransform transform) : RentedContext
{
    private const int Block = 16;

    /// <summary>As many bytes as are masked and enciphered in one call.</summary>
    private const int Piece = 4096;

    private EvpCipherContextHandle? _tweak;
    private EvpCipherContextHandle? _encrypt;
    private EvpCipherContextHandle? _decrypt;

    /// <summary>Processes one data unit. False where libcrypto refuses.</summary>
    public bool Run(in CryptOp op)
    {
        bool encrypts = op.Direction == CryptDirection.Encrypt;
        _tweak ??= Create(ofData: false, encrypt: true);
        EvpCipherContextHandle? data = encrypts
            ? _encrypt ??= Create(ofData: true, encrypt: true)
            : _decrypt ??= Create(ofData: true, encrypt: false);
        if (_tweak is null || data is null)
        {
            return false;
        }

        Span<byte> masks = stackalloc byte[Piece];
        Span<byte> tweak = stackalloc byte[Block];
        int whole = op.Source.Length / Block * Block;
        bool steals = whole != op.Source.Length;

        // If the last block is partial, decryption does not take the last two blocks in order.
        int inOrder = steals && !encrypts ? whole - Block : whole;
        try
        {
            return op.Source.IsEmpty
                || (
                    _tweak.Update(op.Iv, tweak)
                    && Encipher(data, op.Source[..inOrder], op.Destination, tweak, masks)
                    && (!steals || (encrypts ? StealEncrypt(data, op, whole, tweak) : StealDecrypt(data, op, whole, tweak)))
                );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masks);
            CryptographicOperations.ZeroMemory(tweak);
        }
    }

    public override void Dispose()
    {
        _tweak?.Dispose();
        _encrypt?.Dispose();
        _decrypt?.Dispose();
    }

    /// <summary>Processes whole blocks. The tweak is then that of the next block.</summary>
    private static bool Encipher(
        EvpCipherContextHandle data,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        Span<byte> tweak,
        Span<byte> masks
    )
    {
        for (int at = 0; at < source.Length; at += masks.Length)
        {
            int length = Math.Min(masks.Length, source.Length - at);
            for (int i = 0; i < length; i += Block)
            {
                tweak.CopyTo(masks[i..]);
                Double(tweak);
            }

            Span<byte> result = destination.Slice(at, length);
            Xor(source.Slice(at, length), masks, result);
            if (!data.Update(result, result))
            {
                return false;
            }

            Xor(result, masks, result);
        }

        return true;
    }

    // IEEE 1619 5.3.2. The beginning of the last whole result is the partial result. Its end follows the partial source in the block that
    // takes its place.
    private static bool StealEncrypt(EvpCipherContextHandle data, in CryptOp op, int whole, Span<byte> tweak)
    {
        int rest = op.Source.Length - whole;
        Span<byte> mask = stackalloc byte[Block];
        Span<byte> block = stackalloc byte[Block];
        Span<byte> last = op.Destination.Slice(whole - Block, Block);
        last.CopyTo(block);
        op.Source[whole..].CopyTo(block);
        last[..rest].CopyTo(op.Destination[whole..]);
        bool done = Encipher(data, block, last, tweak, mask);
        CryptographicOperations.ZeroMemory(block);
        return done;
    }

    // IEEE 1619 5.4.2. The last whole block has the tweak of the partial one.
    private static bool StealDecrypt(EvpCipherContextHandle data, in CryptOp op, int whole, Span<byte> tweak)
    {
        int rest = op.Source.Length - whole;
        Span<byte> mask = stackalloc byte[Block];
        Span<byte> block = stackalloc byte[Block];
        Span<byte> partial = stackalloc byte[Block];
        Span<byte> next = stackalloc byte[Block];
        tweak.CopyTo(next);
        Double(next);
        bool done = Encipher(data, op.Source.Slice(whole - Block, Block), partial, next, mask);
        partial.CopyTo(block);
        op.Source[whole..].CopyTo(block);
        done = done && Encipher(data, block, op.Destination.Slice(whole - Block, Block), tweak, mask);
        partial[..rest].CopyTo(op.Destination[whole..]);
        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(partial);
        return done;
    }

    /// <summary>Multiplies a tweak by x in GF(2^128). Byte 0 has the lowest powers.</summary>
    private static void Double(Span<byte> tweak)
    {
        const ulong Polynomial = 0x87;
        ulong low = BinaryPrimitives.ReadUInt64LittleEndian(tweak);
        ulong high = BinaryPrimitives.ReadUInt64LittleEndian(tweak[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(tweak, (low << 1) ^ (Polynomial & (0 - (high >> 63))));
        BinaryPrimitives.WriteUInt64LittleEndian(tweak[8..], (high << 1) | (low >> 63));
    }

    // The lengths are multiples of the block.
    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> masks, Span<byte> result)
    {
        ReadOnlySpan<ulong> from = MemoryMarshal.Cast<byte, ulong>(source);
        ReadOnlySpan<ulong> with = MemoryMarshal.Cast<byte, ulong>(masks);
        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(result);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[i] ^ with[i];
        }
    }

    private EvpCipherContextHandle? Create(bool ofData, bool encrypt)
    {
        using KeyLease key = new(transform);
        int half = key.Bytes.Length / 2;
        EvpCipherContextHandle context = new();
        nint cipher = LibCryptoContext.Instance.Cipher(CryptoAlgorithm.AesEcb.Libcrypto.NameFor(half));
        if (context.SetKey(cipher, ofData ? key.Bytes[..half] : key.Bytes[half..], encrypt))
        {
            return context;
        }

        context.Dispose();
        return null;
    }
}
