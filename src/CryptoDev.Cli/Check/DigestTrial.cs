using System.Security.Cryptography;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Trials of digests and MACs: whole messages and pieces, a clone that continues independently, verification and tampering.
/// </summary>
internal sealed class DigestTrial(CheckSubject subject, Session session, Session? reference, MessageTrial trial, Random random)
    : SubjectTrial(session, reference, trial, random)
{
    public override void Run(int length)
    {
        byte[] message = Bytes(length);
        byte[] iv = Bytes(Session.IvLength);
        byte[] expected = new byte[Session.TagLength];
        Doing = "digesting for comparison";
        (Reference ?? Session).Process(CryptOp.Digest(message, expected, iv));
        TrialShape shape = TrialShape.Random(Random);
        if (subject.HasRunningState && Random.Next(4) == 0)
        {
            Doing = "digesting in pieces";
            Pieces(message, expected);
        }
        else
        {
            Doing = $"digesting {shape with { InPlace = false }}";
            Compare.Same("the digest", Trial.Digest(Session, message, iv, shape), expected);
        }

        if (subject.Algorithm.Kind == AlgorithmKind.Mac)
        {
            Verify(message, iv, expected);
        }
    }

    private void Pieces(byte[] message, byte[] expected)
    {
        using DigestOperation operation = Session.BeginDigest();
        byte[] digest = new byte[expected.Length];
        int cloneAt = Random.Next(0, message.Length + 1);
        int taken = 0;
        while (taken < cloneAt)
        {
            int piece = PieceOf(cloneAt - taken);
            operation.Update(message.AsSpan(taken, piece));
            taken += piece;
        }

        using DigestOperation clone = operation.Clone();
        clone.Update(message.AsSpan(cloneAt));
        while (taken < message.Length)
        {
            int piece = PieceOf(message.Length - taken);
            operation.Update(message.AsSpan(taken, piece));
            taken += piece;
        }

        operation.Final(digest);
        Compare.Same("the digest of pieces", digest, expected);
        clone.Final(digest);
        Compare.Same("the digest of a clone", digest, expected);
    }

    private void Verify(byte[] message, byte[] iv, byte[] expected)
    {
        Doing = "verifying";
        Session.Process(CryptOp.Verify(message, expected, iv));
        Doing = "verifying a changed tag";
        if (subject.Algorithm != CryptoAlgorithm.NullHmac && message.Length > 0)
        {
            MustRefuse(Tampered(message), expected, iv);
        }

        MustRefuse(message, Tampered(expected), iv);
    }

    private void MustRefuse(byte[] message, byte[] tag, byte[] iv)
    {
        try
        {
            Session.Process(CryptOp.Verify(message, tag, iv));
        }
        catch (AuthenticationTagMismatchException)
        {
            return;
        }

        throw new DisagreementException("it accepted a message that was tampered with");
    }
}
