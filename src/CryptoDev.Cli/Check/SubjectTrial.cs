namespace CryptoDev.Cli.Check;

/// <summary>The random trials of one open session, by kind of algorithm.</summary>
internal abstract class SubjectTrial(Session session, Session? reference, MessageTrial trial, Random random)
{
    /// <summary>The current step, for the failure message.</summary>
    public string Doing { get; protected set; } = "starting";

    protected Session Session { get; } = session;

    /// <summary>The same session on the software driver. Null if the software driver itself is tested or lacks the algorithm.</summary>
    protected Session? Reference { get; } = reference;

    protected MessageTrial Trial { get; } = trial;

    protected Random Random { get; } = random;

    public static SubjectTrial For(CheckSubject subject, Session session, Session? reference, MessageTrial trial, Random random) =>
        subject switch
        {
            { Mac: not null } or { Algorithm.Kind: AlgorithmKind.Cipher or AlgorithmKind.Aead } => new CipherTrial(
                subject,
                session,
                reference,
                trial,
                random
            ),
            { Algorithm.Kind: AlgorithmKind.Compression } => new CompressionTrial(subject, session, trial, random),
            _ => new DigestTrial(subject, session, reference, trial, random),
        };

    /// <summary>Tries one message of this length.</summary>
    public abstract void Run(int length);

    protected byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        Random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same bytes with one bit changed.</summary>
    protected byte[] Tampered(ReadOnlySpan<byte> bytes)
    {
        byte[] changed = bytes.ToArray();
        changed[Random.Next(changed.Length)] ^= (byte)(1 << Random.Next(8));
        return changed;
    }

    /// <summary>The length of the next piece, at random. Most pieces are not a whole number of blocks.</summary>
    protected int PieceOf(int left) => Random.Next(4) == 0 ? left : Random.Next(1, Math.Min(left, 5000) + 1);
}
