using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// A cipher: one ioctl per message, or per piece of a message that is longer than the kernel takes. Every call gives the IV. Without one a
/// BSD takes it from the message, NetBSD generates one, and Linux continues from the last message.
/// </summary>
internal sealed class DevCryptoCipherSession : DevCryptoSession
{
    /// <summary>The smallest page of a kernel. A shorter message is one piece even where the kernel copies.</summary>
    private const int SmallestPage = 4096;

    private readonly AlgorithmNumber _row;
    private readonly int _kernelBlock;
    private readonly int _alignMask;

    public DevCryptoCipherSession(DevCryptoOpening opening)
        : base(opening)
    {
        CryptoTransform transform = opening.Recipe.Parameters.Transforms[0];
        _row = opening.Recipe.First;
        CryptoAlgorithm algorithm = transform.Algorithm;
        bool chains = algorithm.Chaining != IvChaining.WholeMessage;
        int unit = Math.Max(algorithm.ChainBlockSize, _row.BlockSize);

        // The kernel's block, where the kernel needs whole blocks and the algorithm does not.
        _kernelBlock = _row.BlockSize > algorithm.BlockSize ? _row.BlockSize : 1;
        PieceLength = chains ? Facts.MostBytes / unit * unit : int.MaxValue;
        PieceUnit = chains ? _kernelBlock : 1;
        MaxMessageLength = MessageLimit(opening.Facts, opening.Recipe);
        _alignMask = chains ? 0 : Facts.AlignMask;
    }

    public override long MaxMessageLength { get; }

    public override int PieceLength { get; }

    public override int PieceUnit { get; }

    /// <summary>A message of a chaining mode can be cut into pieces. An XTS message is one data unit and cannot.</summary>
    public static long MessageLimit(DeviceSessionFacts facts, DeviceRecipe recipe)
    {
        CryptoTransform transform = recipe.Parameters.Transforms[0];
        return transform.Algorithm.Chaining != IvChaining.WholeMessage ? long.MaxValue
            : facts.IsBounded ? Math.Min(facts.MostBytes, transform.LongestMessage)
            : transform.LongestMessage;
    }

    public override int Process(in CryptOp op)
    {
        int length = op.Source.Length;
        using Rental<DevCryptoContext> rental = new(Contexts);
        DevCryptoContext context = rental.Context;
        int result =
            length == 0 ? 0
            : (length & (_kernelBlock - 1)) == 0 ? Call(context, op.Direction, op.Iv, op.Source, op.Destination)
            : Steal(context, in op);
        if (result < 0)
        {
            throw Failed(result, "process a message");
        }

        rental.Finish(length);
        return length;
    }

    private protected override bool IsOneCall(CryptRequest request)
    {
        int length = request.Source.Length;
        CryptoAlgorithm algorithm = Recipe.Parameters.Transforms[0].Algorithm;
        return length > 0
            && length <= PieceLength
            && length <= MaxMessageLength
            && length % _row.BlockSize == 0
            && length >= algorithm.MinimumMessageLength
            && request.Destination.Length >= length
            && request.Iv.Length == algorithm.IvSizes.Default
            && algorithm.Chaining != IvChaining.Counter32
            && request.Tag.IsEmpty
            && request.ExpectedTag.IsEmpty
            && request.TagAction == TagAction.Default
            && (!request.Source.Span.Overlaps(request.Destination.Span[..length], out int offset) || offset == 0);
    }

    /// <summary>
    /// One ioctl over spans of equal length. cryptodev-linux works page by page where a buffer is not aligned, and on each page XTS starts
    /// with the tweak of the message's beginning. So a message that is one data unit and longer than a page runs on an aligned copy.
    /// </summary>
    private unsafe int Call(
        DevCryptoContext context,
        CryptDirection direction,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> destination
    )
    {
        Span<byte> given = stackalloc byte[AlgorithmLimits.LongestBlock];
        given = given[.._row.EncodeIv(iv, given)];

        // SAFETY: the spans stay pinned until the ioctl has returned. After that the kernel does not use them.
        fixed (
            byte* from = &source.Start(),
                to = &destination.Start(),
                start = &given.Start()
        )
        {
            if ((((nint)from | (nint)to) & _alignMask) != 0 && source.Length > SmallestPage)
            {
                return CallOnCopy(context, direction, iv, source, destination);
            }

            return Caller.Crypt(
                new CryptCall
                {
                    Session = context.Id,
                    Action = direction == CryptDirection.Encrypt ? CryptAction.Encrypt : CryptAction.Decrypt,
                    Length = (uint)source.Length,
                    Source = (nint)from,
                    Destination = (nint)to,
                    Iv = given.IsEmpty ? 0 : (nint)start,
                }
            );
        }
    }

    private int CallOnCopy(
        DevCryptoContext context,
        CryptDirection direction,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> destination
    )
    {
        Span<byte> copy = context.Scratch(source.Length, _alignMask);
        source.CopyTo(copy);
        int result = Call(context, direction, iv, copy, copy);
        if (result >= 0)
        {
            copy.CopyTo(destination);
        }

        DevCryptoContext.Clear(copy);
        return result;
    }

    /// <summary>
    /// XTS over a length that is no multiple of the block, which cryptodev-linux refuses. This is ciphertext stealing (IEEE 1619, 5.3.2) by
    /// two calls over whole blocks. The tweak of a block follows from its position. A block that needs the tweak of the other block is put
    /// at the other block's position.
    /// </summary>
    private int Steal(DevCryptoContext context, in CryptOp op)
    {
        int length = op.Source.Length;
        int block = _row.BlockSize;
        int whole = length / block * block;
        int rest = length - whole;
        Span<byte> work = context.Scratch(whole + block, _alignMask);
        Span<byte> last = work[whole..];
        Span<byte> lastWhole = work.Slice(whole - block, block);
        Span<byte> stolen = stackalloc byte[block];
        bool encrypts = op.Direction == CryptDirection.Encrypt;
        op.Source[..whole].CopyTo(work);
        int result;
        if (encrypts)
        {
            result = Call(context, op.Direction, op.Iv, work[..whole], work[..whole]);
            lastWhole.CopyTo(stolen);
        }
        else
        {
            lastWhole.CopyTo(last);
            result = Call(context, op.Direction, op.Iv, work, work);
            last.CopyTo(stolen);
        }

        if (result >= 0)
        {
            // The partial block, padded with the end of the last whole block's result. The beginning of that result is the partial output.
            Span<byte> place = encrypts ? last : lastWhole;
            op.Source[..whole].CopyTo(work);
            stolen.CopyTo(place);
            op.Source[whole..].CopyTo(place);
            Span<byte> run = encrypts ? work : work[..whole];
            result = Call(context, op.Direction, op.Iv, run, run);
            if (result >= 0)
            {
                place.CopyTo(op.Destination[(whole - block)..]);
                work[..(whole - block)].CopyTo(op.Destination);
                stolen[..rest].CopyTo(op.Destination[whole..]);
            }
        }

        DevCryptoContext.Clear(work);
        DevCryptoContext.Clear(stolen);
        return result;
    }
}
