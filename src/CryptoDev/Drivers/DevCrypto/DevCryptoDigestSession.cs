using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

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

    public override long MaxRunningLength => Caller.HashesInPieces ? long.MaxValue : MaxMessageLength;

    public override int Process(in CryptOp op)
    {
        Debug.Assert(op.Tag.Length <= AlgorithmLimits.LongestDigest, "No digest is longer.");
        Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
        using Rental<DevCryptoContext> rental = new(Contexts);
        DevCryptoContext context = rental.Context;
        int result =
            Caller.HashesInPieces && (!op.AssociatedData.IsEmpty || (Facts.IsBounded && op.Source.Length > Facts.MostBytes))
                ? ProcessInPieces(context, in op, digest)
            : op.AssociatedData.IsEmpty ? Call(context, CryptCallFlags.None, op.Iv, op.Source, digest)
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
            byte* from = &source.Start(),
                start = &given.Start(),
                to = &digest.Start()
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
                    Tag = digest.IsEmpty ? 0 : (nint)to,
                    Iv = given.IsEmpty ? 0 : (nint)start,
                }
            );
        }
    }

    /// <summary>
    /// Updates the running hash. Long pieces are cut: the kernel pins all pages of a call at once, and hardware takes only so much.
    /// </summary>
    internal int Update(DevCryptoContext context, ReadOnlySpan<byte> source, ref bool started)
    {
        while (!source.IsEmpty)
        {
            ReadOnlySpan<byte> piece = source[..Math.Min(source.Length, Facts.MostBytes)];
            CryptCallFlags flags = CryptCallFlags.Update | (started ? CryptCallFlags.None : CryptCallFlags.Reset);
            int result = Call(context, flags, default, piece, default);
            if (result < 0)
            {
                return result;
            }

            started = true;
            source = source[piece.Length..];
        }

        return 0;
    }

    /// <summary>Associated data and message, one after the other. The last piece ends the hash.</summary>
    private int ProcessInPieces(DevCryptoContext context, in CryptOp op, Span<byte> digest)
    {
        bool started = false;
        int last = op.Source.IsEmpty ? 0 : (op.Source.Length - 1) / Facts.MostBytes * Facts.MostBytes;
        int result = Update(context, op.AssociatedData, ref started);
        if (result >= 0)
        {
            result = Update(context, op.Source[..last], ref started);
        }

        return result < 0 ? result : Call(context, CryptCallFlags.Final, default, op.Source[last..], digest);
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

            int result = session.Update(rental.Context, source, ref _started);
            if (result < 0)
            {
                throw Break(result, "continue a digest");
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
            rental.Spare();
        }

        public override DigestState Clone()
        {
            LongRental<DevCryptoContext> copy = new(session.Contexts);
            if (_started)
            {
                int result = session.Caller.CopyHash(copy.Context.Id, rental.Context.Id);
                if (result < 0)
                {
                    copy.Dispose();
                    throw session.Failed(result, "copy the running state of a digest");
                }
            }

            return new RunningDigest(session, copy) { _started = _started };
        }

        public override void Dispose() => rental.Dispose();

        private CryptoDevException Break(int result, string operation)
        {
            rental.Dispose();
            return session.Failed(result, operation);
        }
    }
}
