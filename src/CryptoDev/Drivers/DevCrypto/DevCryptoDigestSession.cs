using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>A digest or MAC: one ioctl per message. The call itself resets the state.</summary>
internal sealed class DevCryptoDigestSession : DevCryptoSession
{
    private readonly AlgorithmNumber _row;

    public DevCryptoDigestSession(DevCryptoOpening opening)
        : base(opening)
    {
        _row = opening.Recipe.First;
        MaxMessageLength = opening.Caller.HasLimit ? opening.Caller.MostBytes : long.MaxValue;
    }

    public override long MaxMessageLength { get; }

    public override int Process(in CryptOp op)
    {
        Debug.Assert(op.Tag.Length <= AlgorithmLimits.LongestDigest, "No digest is longer.");
        Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
        if (!op.AssociatedData.IsEmpty && !Caller.HashesInPieces)
        {
            CheckJoined(in op);
        }

        using Rental<DevCryptoContext> rental = new(Contexts);
        DevCryptoContext context = rental.Context;
        int result =
            op.AssociatedData.IsEmpty ? Call(context, CryptCallFlags.None, op.Iv, op.Source, digest)
            : Caller.HashesInPieces ? ProcessTwoPieces(context, in op, digest)
            : ProcessJoined(context, in op, digest);
        if (result < 0)
        {
            throw Failed(result, "digest a message");
        }

        digest[..op.Tag.Length].CopyTo(op.Tag);
        CryptographicOperations.ZeroMemory(digest);
        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    internal override bool IsDigest => true;

    private protected override bool IsOneCall(CryptRequest request) =>
        request.Source.Length <= MaxMessageLength
        && request.Iv.IsEmpty
        && request.Destination.IsEmpty
        && request.TagAction == TagAction.Compute
        && request.ExpectedTag.IsEmpty
        && request.Tag.Length == Recipe.Parameters.Transforms[0].EffectiveTagLength
        && _row.IvSize == 0;

    public override DigestState BeginDigest() =>
        Caller.HashesInPieces
            ? new RunningDigest(this, new LongRental<DevCryptoContext>(Contexts))
            : new GatheredDigest(this, (int)MaxMessageLength);

    /// <summary>
    /// One ioctl. On Linux no flag at all means a whole message from a fresh state. An UPDATE of no bytes would end the digest, so none is
    /// ever sent.
    /// </summary>
    internal unsafe int Call(
        DevCryptoContext context,
        CryptCallFlags flags,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> source,
        Span<byte> digest
    )
    {
        Debug.Assert(!flags.HasFlag(CryptCallFlags.Update) || !source.IsEmpty, "An update of no bytes ends the digest.");
        Span<byte> given = stackalloc byte[AlgorithmLimits.LongestBlock];
        given = given[..(iv.IsEmpty ? 0 : _row.EncodeIv(iv, given))];

        // SAFETY: the spans stay pinned until the ioctl has returned.
        fixed (
            byte* from = source,
                start = given,
                to = digest
        )
        {
            return Caller.Crypt(
                new CryptCall
                {
                    Session = context.Id,
                    Action = CryptAction.Encrypt,
                    Flags = flags,
                    Length = (uint)source.Length,
                    Source = (nint)from,
                    Tag = (nint)to,
                    Iv = (nint)start,
                }
            );
        }
    }

    private int ProcessTwoPieces(DevCryptoContext context, in CryptOp op, Span<byte> digest)
    {
        int result = Call(context, CryptCallFlags.Reset | CryptCallFlags.Update, op.Iv, op.AssociatedData, digest);
        return result < 0 ? result : Call(context, CryptCallFlags.Final, op.Iv, op.Source, digest);
    }

    /// <summary>Checks the joined length before a context is rented: both parts together may be too long for one call.</summary>
    private void CheckJoined(in CryptOp op)
    {
        long length = op.AssociatedData.Length + (long)op.Source.Length;
        if (length > MaxMessageLength)
        {
            throw new ArgumentException(
                $"Associated data and message have {length} bytes; this session's limit for them together is {MaxMessageLength}.",
                nameof(CryptOp.AssociatedData)
            );
        }
    }

    /// <summary>Joins the two parts in one buffer, because the BSDs hash one buffer per call.</summary>
    private int ProcessJoined(DevCryptoContext context, in CryptOp op, Span<byte> digest)
    {
        Span<byte> whole = context.Join(op.AssociatedData, op.Source);
        int result = Call(context, CryptCallFlags.None, op.Iv, whole, digest);
        DevCryptoContext.Clear(whole);
        return result;
    }

    /// <summary>
    /// The state of one message in pieces, in a kernel session of its own. The first piece resets the state of an earlier message. So the
    /// session can go back to the pool unless a call on it was refused.
    /// </summary>
    private sealed class RunningDigest(DevCryptoDigestSession session, LongRental<DevCryptoContext> rental) : DigestState
    {
        private bool _started;

        public override void Update(ReadOnlySpan<byte> source)
        {
            if (source.IsEmpty)
            {
                return;
            }

            DevCryptoContext context = rental.Context;

            // Long pieces are cut, because the kernel pins all pages of a call at once.
            while (!source.IsEmpty)
            {
                ReadOnlySpan<byte> piece = source[..Math.Min(source.Length, session.Caller.MostBytes)];
                CryptCallFlags flags = CryptCallFlags.Update | (_started ? CryptCallFlags.None : CryptCallFlags.Reset);
                int result = session.Call(context, flags, default, piece, default);
                if (result < 0)
                {
                    throw Break(result, "continue a digest");
                }

                _started = true;
                context.Bytes += piece.Length;
                source = source[piece.Length..];
            }
        }

        public override void Final(Span<byte> destination)
        {
            Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
            int result = session.Call(rental.Context, _started ? CryptCallFlags.Final : CryptCallFlags.None, default, default, digest);
            if (result < 0)
            {
                throw Break(result, "end a digest");
            }

            digest[..destination.Length].CopyTo(destination);
            CryptographicOperations.ZeroMemory(digest);
            rental.Finish(0);
        }

        public override DigestState Clone()
        {
            LongRental<DevCryptoContext> copy = new(session.Contexts);
            if (_started)
            {
                int result = session.Caller.CopyHash(copy.Context.Id, rental.Context.Id);
                if (result < 0)
                {
                    copy.Fail();
                    throw session.Failed(result, "copy the running state of a digest");
                }
            }

            return new RunningDigest(session, copy) { _started = _started };
        }

        public override void Dispose() => rental.Dispose();

        private CryptoDevException Break(int result, string operation)
        {
            rental.Fail();
            return session.Failed(result, operation);
        }
    }
}
