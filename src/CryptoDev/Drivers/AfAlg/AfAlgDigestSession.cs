using System.Diagnostics;
using System.Security.Cryptography;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>A digest or MAC on a hash transform: a message of any length is one send and one receive.</summary>
internal sealed class AfAlgDigestSession(AfAlgOpening opening) : AfAlgSession(opening)
{
    public override long MaxMessageLength => long.MaxValue;

    public override int Process(in CryptOp op)
    {
        Debug.Assert(op.Tag.Length <= AlgorithmLimits.LongestDigest);

        // The digest is cut here and not in the receive call. A short receive would drop the rest and leave the descriptor with the state
        // of an empty message.
        Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
        using Rental<AfAlgContext> rental = new(Contexts);
        int result = rental.Context.Socket.Digest(op.AssociatedData, op.Source, digest);
        if (result < op.Tag.Length)
        {
            throw Failed(result, "digest a message");
        }

        digest[..op.Tag.Length].CopyTo(op.Tag);
        CryptographicOperations.ZeroMemory(digest);
        rental.Finish(op.Source.Length);
        return op.Tag.Length;
    }

    public override DigestState BeginDigest() => new RunningDigest(this, new LongRental<AfAlgContext>(Contexts));

    /// <summary>
    /// The state of one message in pieces. The kernel keeps it between sends with MSG_MORE. This object holds a rented descriptor, which
    /// goes back to the pool only when the message was finished.
    /// </summary>
    private sealed class RunningDigest(AfAlgDigestSession session, LongRental<AfAlgContext> rental) : DigestState
    {
        private bool _started;

        public override void Update(ReadOnlySpan<byte> source)
        {
            if (source.IsEmpty)
            {
                return;
            }

            int result = rental.Context.Socket.Hash(source, more: true);
            if (result != source.Length)
            {
                throw Break(result, "continue a digest");
            }

            _started = true;
        }

        public override void Final(Span<byte> destination)
        {
            AfAlgContext context = rental.Context;
            Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];

            // An empty message is sent as an empty message. After MSG_MORE the receive call itself ends the message.
            int result = _started ? context.Socket.FinishHash(digest) : context.Socket.Digest(default, default, digest);
            if (result < destination.Length)
            {
                throw Break(result, "end a digest");
            }

            digest[..destination.Length].CopyTo(destination);
            CryptographicOperations.ZeroMemory(digest);
            rental.Spare();
        }

        public override DigestState Clone()
        {
            // accept copies a hash only in the middle of a message. Before the first piece no copy is needed: a fresh descriptor has the
            // same state.
            if (!_started)
            {
                return session.BeginDigest();
            }

            SafeFileDescriptorHandle descriptor =
                rental.Context.Socket.CloneHash(out Errno error)
                ?? throw AfAlgErrors.Create(session.Driver.Name, $"clone the running state of {session.Name}", -error.Number);
            AfAlgContext copy = new(new AlgOperationSocket(descriptor, 0, withAssociatedData: false));
            return new RunningDigest(session, new LongRental<AfAlgContext>(session.Contexts, session.Contexts.Adopt(copy)))
            {
                _started = true,
            };
        }

        public override void Dispose() => rental.Dispose();

        private CryptoDevException Break(int result, string operation)
        {
            rental.Dispose();
            return session.Failed(result, operation);
        }
    }
}
