using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Checks both halves of the contract of <see cref="DriverSession.Process"/> on every call of a session: the framework's guarantees before
/// the call and the driver's guarantees after it. This costs a copy of all buffers per call.
/// </summary>
internal static class DriverContract
{
    /// <summary>True in debug builds of the library.</summary>
    public const bool IsCheckedByDefault =
#if DEBUG
        true;
#else
        false;
#endif

    /// <summary>Wraps a session so that its calls are checked.</summary>
    public static DriverSession Check(DriverSession session, SessionParameters parameters) => new WatchedSession(session, parameters);

    private static InvalidOperationException Broken(DriverSession session, string rule) =>
        new($"The driver {session.Driver.Name} broke the contract of DriverSession.Process: {rule}.");

    private sealed class WatchedSession : DriverSession
    {
        private readonly DriverSession _inner;
        private readonly SessionMode _mode;
        private readonly CryptoAlgorithm _algorithm;
        private readonly int _ivLength;
        private readonly int _tagLength;

        public WatchedSession(DriverSession inner, SessionParameters parameters)
        {
            _inner = inner;
            _mode = parameters.Mode;
            _algorithm = parameters.Transforms[0].Algorithm;
            _ivLength = parameters.Transforms[0].EffectiveIvLength;
            _tagLength = parameters.Transforms[_mode == SessionMode.CipherAndMac ? 1 : 0].EffectiveTagLength;
        }

        public override SessionDriver Driver => _inner.Driver;

        public override long MaxMessageLength => _inner.MaxMessageLength;

        public override long MaxAssociatedDataLength => _inner.MaxAssociatedDataLength;

        public override long MaxTotalLength => _inner.MaxTotalLength;

        public override long MaxRunningLength => _inner.MaxRunningLength;

        public override int PieceLength => _inner.PieceLength;

        public override int PieceUnit => _inner.PieceUnit;

        public override SessionStatistics Statistics => _inner.Statistics;

        private bool IsCipher => _mode is SessionMode.Cipher or SessionMode.Aead or SessionMode.CipherAndMac;

        public override DriverSession? Part(int transform) =>
            _inner.Part(transform) is { } part && !ReferenceEquals(part, _inner) ? part
            : _inner.Part(transform) is null ? null
            : this;

        public override void Submit(CryptRun run) => _inner.Submit(run);

        public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
            _inner.BeginCipher(algorithm, direction, iv);

        public override DigestState BeginDigest() => _inner.BeginDigest();

        public override void Dispose() => _inner.Dispose();

        public override int Process(in CryptOp op)
        {
            CheckPlain(in op);
            using Copies before = new(in op);
            int written;
            try
            {
                written = _inner.Process(in op);
            }
            catch (ArgumentException)
            {
                // The driver may find those mistakes of the caller that only it can know. Then nothing may have changed.
                CheckInputs(in op, before);
                Demand(op.Destination.SequenceEqual(before.Destination), "it refused the arguments and had written to the destination");
                Demand(
                    op.Tag.SequenceEqual(before.Tag) && op.ExpectedTag.Span.SequenceEqual(before.ExpectedTag),
                    "it refused the arguments and had written to the tag"
                );
                throw;
            }
            catch (CryptoDevException)
            {
                CheckInputs(in op, before);
                CheckBeyond(in op, before, IsCipher ? op.Source.Length : op.Destination.Length);
                throw;
            }

            CheckResult(in op, before, written);
            return written;
        }

        /// <summary>Checks the framework's half.</summary>
        private void CheckPlain(in CryptOp op)
        {
            DemandPlain(op.Descriptors.IsEmpty && op.Buffer.IsEmpty, "the operation is not in the flat form");
            DemandPlain(op.IvSource == IvSource.Explicit, "its IV is not explicit");
            DemandPlain(op.Iv.Length == _ivLength, $"its IV has {op.Iv.Length} bytes, the session's {_ivLength}");
            int tag = _mode is SessionMode.Cipher or SessionMode.Compression ? 0 : _tagLength;
            int computed = Verifies(in op) ? 0 : tag;
            DemandPlain(op.Tag.Length == computed, $"its tag has {op.Tag.Length} bytes, the session's {computed}");
            DemandPlain(op.ExpectedTag.Length == tag - computed, $"its expected tag has {op.ExpectedTag.Length} of {tag - computed} bytes");
            DemandPlain(op.Source.Length <= MaxMessageLength, $"its {op.Source.Length} bytes are over the limit of {MaxMessageLength}");
            DemandPlain(
                op.AssociatedData.IsEmpty || Limits.Take(op.AssociatedData.Length, op.Source.Length),
                $"its {op.AssociatedData.Length} bytes of associated data and {op.Source.Length} of message are over the limits"
            );
            DemandPlain(tag != 0 || op.AssociatedData.IsEmpty, "it has associated data that nothing authenticates");
            if (_mode == SessionMode.Digest)
            {
                DemandPlain(!op.VerifiesTag, "a digest is to be compared, which the framework does");
            }

            if (!IsCipher)
            {
                DemandPlain(!op.Source.Span.Overlaps(op.Destination), "source and destination overlap");
                return;
            }

            DemandPlain(PieceRunner.Fits(_inner, op.Source.Length), $"its {op.Source.Length} bytes are not a piece that it takes");
            DemandPlain(op.Source.Length % _algorithm.BlockSize == 0, $"its {op.Source.Length} bytes are no whole blocks");
            DemandPlain(op.Source.Length >= _algorithm.MinimumMessageLength, $"its {op.Source.Length} bytes are too few");
            DemandPlain(op.Destination.Length >= op.Source.Length, "its destination is shorter than its source");
            Span<byte> target = op.Destination[..op.Source.Length];
            DemandPlain(!op.Source.Span.Overlaps(target, out int offset) || offset == 0, "source and destination overlap in part");
            DemandPlain(!op.AssociatedData.Span.Overlaps(target), "associated data and destination overlap");
            DemandPlain(!((ReadOnlySpan<byte>)op.Tag).Overlaps(target), "tag and destination overlap");
            DemandPlain(!op.ExpectedTag.Span.Overlaps(target), "expected tag and destination overlap");
        }

        /// <summary>Checks the driver's half.</summary>
        private void CheckResult(in CryptOp op, Copies before, int written)
        {
            if (written == TagMismatch)
            {
                Demand(Verifies(in op), "it says that a tag is wrong where none was to be compared");
            }
            else if (IsCipher)
            {
                Demand(written == op.Source.Length, $"it says that it wrote {written} bytes of {op.Source.Length}");
            }
            else if (_mode == SessionMode.Digest)
            {
                Demand(written == op.Tag.Length, $"it says that its digest has {written} bytes of {op.Tag.Length}");
            }
            else
            {
                Demand((uint)written <= (uint)op.Destination.Length, $"it says that it wrote {written} bytes to {op.Destination.Length}");
            }

            CheckInputs(in op, before);
            int end =
                IsCipher ? op.Source.Length
                : _mode == SessionMode.Compression ? written
                : 0;
            CheckBeyond(in op, before, end);
        }

        /// <summary>Input buffers must be unchanged, the source too unless it is also the destination.</summary>
        private void CheckInputs(in CryptOp op, Copies before)
        {
            Demand(op.Source.Span.Overlaps(op.Destination) || op.Source.Span.SequenceEqual(before.Source), "it wrote to the source");
            Demand(op.Iv.Span.Overlaps(op.Destination) || op.Iv.Span.SequenceEqual(before.Iv), "it wrote to the IV");
            Demand(op.AssociatedData.Span.SequenceEqual(before.AssociatedData), "it wrote to the associated data");
            Demand(op.ExpectedTag.Span.SequenceEqual(before.ExpectedTag), "it wrote to a tag that was to be compared");
        }

        private void CheckBeyond(in CryptOp op, Copies before, int end) =>
            Demand(
                op.Destination[end..].SequenceEqual(before.Destination[end..]),
                $"it wrote to the destination beyond the {end} bytes of the result"
            );

        private bool Verifies(in CryptOp op) => _mode is SessionMode.Aead or SessionMode.CipherAndMac && op.VerifiesTag;

        private void Demand(bool holds, string rule)
        {
            if (!holds)
            {
                throw Broken(_inner, rule);
            }
        }

        private void DemandPlain(bool holds, string rule)
        {
            if (!holds)
            {
                throw Broken(_inner, $"it was given what it is never given: {rule}");
            }
        }
    }

    /// <summary>Copies of all buffers of an operation, taken before it.</summary>
    private readonly ref struct Copies(in CryptOp op)
    {
        private readonly byte[] _source = op.Source.Span.ToArray();
        private readonly byte[] _destination = op.Destination.ToArray();

        public ReadOnlySpan<byte> Source => _source;

        public ReadOnlySpan<byte> Destination => _destination;

        public ReadOnlySpan<byte> Iv { get; } = op.Iv.Span.ToArray();

        public ReadOnlySpan<byte> AssociatedData { get; } = op.AssociatedData.Span.ToArray();

        public ReadOnlySpan<byte> Tag { get; } = op.Tag.ToArray();

        public ReadOnlySpan<byte> ExpectedTag { get; } = op.ExpectedTag.Span.ToArray();

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(_source);
            CryptographicOperations.ZeroMemory(_destination);
        }
    }
}
