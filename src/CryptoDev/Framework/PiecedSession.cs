using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Wraps a cipher session whose driver takes pieces of limited length, or only whole blocks of a stream. The wrapped session takes any
/// message.
/// </summary>
internal sealed class PiecedSession : DriverSession, ICountingSession
{
    private readonly DriverSession _inner;
    private readonly CryptoAlgorithm _algorithm;

    private PiecedSession(DriverSession inner, CryptoAlgorithm algorithm)
    {
        _inner = inner;
        _algorithm = algorithm;
        PieceLength = inner.PieceLength;
        PieceUnit = inner.PieceUnit;
    }

    public MessageCounters Counters { get; } = new();

    public override SessionDriver Driver => _inner.Driver;

    public override long MaxMessageLength => _inner.MaxMessageLength;

    public override long MaxRunningLength => _inner.MaxRunningLength;

    public override int PieceLength { get; }

    public override int PieceUnit { get; }

    public override SessionStatistics Statistics => _inner.Statistics + Counters.Sum;

    /// <summary>Returns the session itself where its driver takes every message at once.</summary>
    public static DriverSession Over(DriverSession session, CryptoAlgorithm algorithm) =>
        session is { PieceLength: int.MaxValue, PieceUnit: 1 } ? session : new PiecedSession(session, algorithm);

    public override int Process(in CryptOp op) =>
        PieceRunner.Fits(this, op.Source.Length) ? _inner.Process(in op) : PieceRunner.Process(_inner, _algorithm, in op, this);

    public override void Submit(CryptRun run) => _inner.Submit(run);

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        _inner.BeginCipher(algorithm, direction, iv);

    public override DigestState BeginDigest() => _inner.BeginDigest();

    public override void Dispose() => _inner.Dispose();
}
