using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// A cipher whose running state lives in the kernel's transform (ecb(arc4)). A used transform continues where it stopped, on every one of
/// its descriptors. So each message gets a fresh transform, and no transform is pooled. Only the counters and the reference to the key are
/// pooled.
/// </summary>
internal sealed class AfAlgStreamSession : PooledSession<KeyedContext>
{
    private const int RequestLength = 64 * 1024;

    private readonly AfAlgTarget _target;
    private readonly CryptoTransform _transform;
    private readonly int _keySerial;

    public AfAlgStreamSession(AfAlgOpening opening)
        : base(opening.Target.Describe(), opening.Transform.Algorithm)
    {
        _target = opening.Target;
        _transform = opening.Transform;
        _keySerial = opening.Transform.Key is KernelKey key ? key.Serial : 0;
        opening.Dispose();
    }

    public override long MaxMessageLength => long.MaxValue;

    public override int Process(in CryptOp op)
    {
        using Rental<KeyedContext> rental = new(Contexts);
        int length = op.Source.Length;
        uint operation = op.Direction == CryptDirection.Encrypt ? LinuxAlg.ALG_OP_ENCRYPT : LinuxAlg.ALG_OP_DECRYPT;
        int result = 0;
        if (length > 0)
        {
            result = AlgMessage.Cipher(
                _target.Type,
                _target.Name,
                rental.Context.Key,
                _keySerial,
                operation,
                op.Source,
                op.Destination[..length],
                RequestLength
            );
        }

        if (result != length)
        {
            throw AfAlgErrors.Create(Driver.Name, $"process a message with {_target.Name}", result);
        }

        rental.Finish(length);
        return length;
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv)
    {
        AfAlgOpening opening =
            AfAlgOpening.TryOpen(_target, _transform, out AfAlgFailure failure)
            ?? throw AfAlgErrors.Create(Driver.Name, failure.Describe(_target.Type, _target.Name), -failure.Error.Number);
        return new StreamState(opening, direction, Driver.Name);
    }

    private protected override KeyedContext CreateContext() => new(_transform);

    /// <summary>The stream of one message. Its transform carries the state from piece to piece.</summary>
    private sealed class StreamState(AfAlgOpening opening, CryptDirection direction, string driver) : CipherState
    {
        public override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            uint operation = direction == CryptDirection.Encrypt ? LinuxAlg.ALG_OP_ENCRYPT : LinuxAlg.ALG_OP_DECRYPT;
            while (!source.IsEmpty)
            {
                int length = Math.Min(source.Length, RequestLength);
                int result = opening.First.Socket.Cipher(operation, default, source[..length], destination[..length]);
                if (result != length)
                {
                    throw AfAlgErrors.Create(driver, $"continue a message with {opening.Target.Name}", result);
                }

                source = source[length..];
                destination = destination[length..];
            }
        }

        public override void Dispose() => opening.Dispose();
    }
}
