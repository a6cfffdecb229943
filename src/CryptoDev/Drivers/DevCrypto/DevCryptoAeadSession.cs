using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>An AEAD: one ioctl per message. When decrypting, the kernel compares the tag.</summary>
internal abstract class DevCryptoAeadSession : DevCryptoSession
{
    private protected DevCryptoAeadSession(DevCryptoOpening opening)
        : base(opening)
    {
        MaxMessageLength = MessageLimit(opening.Caller, opening.Facts, opening.Recipe);
    }

    public override long MaxMessageLength { get; }

    public override long MaxAssociatedDataLength => Caller.MostAssociatedData;

    /// <summary>A request to hardware holds both. A kernel with a limit of its own has one for each.</summary>
    public override long MaxTotalLength => Facts.IsBounded && !Caller.HasLimit ? MaxMessageLength : long.MaxValue;

    /// <summary>
    /// The longest text of a message without associated data. Where a request to hardware is bounded, the tag and the associated data count
    /// against the same bound.
    /// </summary>
    public static long MessageLimit(DeviceCaller caller, DeviceSessionFacts facts, DeviceRecipe recipe)
    {
        CryptoTransform transform = recipe.Parameters.Transforms[0];
        long room =
            caller.HasLimit ? caller.MostBytes
            : facts.IsBounded ? facts.MostBytes - transform.EffectiveTagLength
            : int.MaxValue - AlgorithmLimits.LongestAeadTag;
        return Math.Min(room, transform.LongestMessage);
    }

    public override int Process(in CryptOp op)
    {
        using Rental<DevCryptoContext> rental = new(Contexts);
        int result = Run(rental.Context, in op);
        if (result == -LibC.EBADMSG && op.Direction == CryptDirection.Decrypt)
        {
            // A wrong tag is no failure of the kernel session, which stays usable.
            rental.Refuse();
            return TagMismatch;
        }

        if (result < 0)
        {
            op.Destination[..op.Source.Length].Clear();
            if (result == -LibC.EINVAL && op.Source.IsEmpty)
            {
                rental.Spare();
                throw new CryptoDevException(
                    LibC.EINVAL,
                    Driver.Name,
                    $"process a message with {Recipe.First.Name}",
                    "this device takes no message without a text; use another driver for those."
                );
            }

            throw Failed(result, op.Direction == CryptDirection.Encrypt ? "encrypt a message" : "decrypt a message");
        }

        rental.Finish(op.Source.Length);
        return op.Source.Length;
    }

    private protected abstract int Run(DevCryptoContext context, in CryptOp op);

    /// <summary>One ioctl over the text in the caller's buffers. The tag is attached or separate.</summary>
    private protected unsafe int Call(
        DevCryptoContext context,
        in CryptOp op,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        Span<byte> tag,
        int tagLength
    )
    {
        Span<byte> given = stackalloc byte[AlgorithmLimits.LongestBlock];
        given = given[..Recipe.First.EncodeIv(op.Iv, given)];

        // SAFETY: the spans stay pinned until the ioctl has returned.
        fixed (
            byte* from = &source.Start(),
                to = &destination.Start(),
                start = &given.Start(),
                data = &op.AssociatedData.Span.Start(),
                mark = &tag.Start()
        )
        {
            return Caller.CryptAuthenticated(
                new CryptCall
                {
                    Session = context.Id,
                    Action = op.Direction == CryptDirection.Encrypt ? CryptAction.Encrypt : CryptAction.Decrypt,
                    Length = (uint)source.Length,
                    Source = (nint)from,
                    Destination = (nint)to,
                    Tag = tag.IsEmpty ? 0 : (nint)mark,
                    TagLength = (uint)tagLength,
                    Iv = (nint)start,
                    IvLength = (uint)given.Length,
                    AssociatedData = (nint)data,
                    AssociatedDataLength = (uint)op.AssociatedData.Length,
                }
            );
        }
    }
}

/// <summary>CIOCCRYPTAEAD: the tag has a pointer of its own.</summary>
internal sealed class DetachedAeadSession(DevCryptoOpening opening) : DevCryptoAeadSession(opening)
{
    private protected override int Run(DevCryptoContext context, in CryptOp op)
    {
        // A copy of the tag. FreeBSD up to 12 reads and writes the full tag in both directions. The caller's buffer may be shorter, and an
        // expected tag must not be written.
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestAeadTag];
        op.ExpectedTag.CopyTo(tag);
        int result = Call(context, in op, op.Source, op.Destination, tag, 0);
        if (result >= 0 && op.Direction == CryptDirection.Encrypt)
        {
            tag[..op.Tag.Length].CopyTo(op.Tag);
        }

        return result;
    }
}

/// <summary>
/// CIOCAUTHCRYPT: the tag follows the text. Where the caller has both in one piece, as with an attached tag, the kernel works on that
/// piece. Otherwise it works on a copy. Every call gives the tag's length, because the kernel session keeps the shortest length that it was
/// ever given.
/// </summary>
internal sealed class AttachedAeadSession(DevCryptoOpening opening) : DevCryptoAeadSession(opening)
{
    private protected override int Run(DevCryptoContext context, in CryptOp op) =>
        op.Direction == CryptDirection.Encrypt ? Encrypt(context, in op) : Decrypt(context, in op);

    private int Encrypt(DevCryptoContext context, in CryptOp op)
    {
        int length = op.Source.Length;
        Span<byte> destination = op.Destination[..length];
        if (LiesBehind(destination, op.Tag))
        {
            Span<byte> attached = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(destination), length + op.Tag.Length);
            return Call(context, in op, op.Source, attached, default, op.Tag.Length);
        }

        Span<byte> whole = context.Scratch(length + op.Tag.Length);
        int result = Call(context, in op, op.Source, whole, default, op.Tag.Length);
        if (result >= 0)
        {
            // Ciphertext and tag are no secret, so what is left in the buffer is not zeroed.
            whole[..length].CopyTo(op.Destination);
            whole[length..].CopyTo(op.Tag);
        }
        else
        {
            // Some kernel drivers copy the plaintext to the destination first and encrypt it there.
            DevCryptoContext.Clear(whole);
        }

        return result;
    }

    private int Decrypt(DevCryptoContext context, in CryptOp op)
    {
        ReadOnlySpan<byte> source = op.Source;
        int tagLength = op.ExpectedTag.Length;
        if (LiesBehind(source, op.ExpectedTag))
        {
            ReadOnlySpan<byte> attached = MemoryMarshal.CreateReadOnlySpan(
                ref MemoryMarshal.GetReference(source),
                source.Length + tagLength
            );
            return Call(context, in op, attached, op.Destination, default, tagLength);
        }

        // The buffer holds ciphertext and a tag, which are no secret. The plaintext goes to the caller's buffer.
        Span<byte> whole = context.Join(source, op.ExpectedTag);
        return Call(context, in op, whole, op.Destination, default, tagLength);
    }

    /// <summary>
    /// Whether the second begins where the first ends. Then both are in memory that the two spans keep alive, and form one piece.
    /// </summary>
    private static bool LiesBehind(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        first.Length > 0
        && Unsafe.AreSame(ref Unsafe.Add(ref MemoryMarshal.GetReference(first), first.Length), ref MemoryMarshal.GetReference(second));
}
