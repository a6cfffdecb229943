using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>A random generator of the kernel. Every 128 bytes cost one system call.</summary>
internal sealed class AfAlgRandomGenerator : RandomGenerator
{
    // The kernel cuts a longer request to this length without an error.
    private const int LongestPiece = 128;

    private readonly AlgTransformSocket _transform;
    private readonly AlgOperationSocket _operation;
    private readonly Lock _lock = new();
    private bool _disposed;

    private AfAlgRandomGenerator(string kernelDriver, AlgTransformSocket transform, AlgOperationSocket operation)
    {
        Name = $"{AfAlgDriver.Rung}:{kernelDriver}";
        _transform = transform;
        _operation = operation;
    }

    public override string Name { get; }

    /// <summary>Opens the generator of this name.</summary>
    public static AfAlgRandomGenerator? TryOpen(AfAlgTarget target, ReadOnlySpan<byte> seed, out AfAlgFailure failure)
    {
        AlgTransformSocket? transform = AlgTransformSocket.Open(out Errno error);
        failure = new AfAlgFailure(AfAlgStep.Socket, error);
        if (transform is null)
        {
            return null;
        }

        failure = new AfAlgFailure(AfAlgStep.Bind, transform.Bind(target.Type, target.Name));

        // A DRBG needs a seed before accept. An empty seed lets it seed itself. Without this call every receive fails with EINVAL.
        if (!failure.IsFailure)
        {
            failure = new AfAlgFailure(AfAlgStep.Key, transform.SetKey(seed));
        }

        if (!failure.IsFailure)
        {
            if (transform.Accept(out error) is { } descriptor)
            {
                return new AfAlgRandomGenerator(target.Name, transform, new AlgOperationSocket(descriptor, 0, withAssociatedData: false));
            }

            failure = new AfAlgFailure(AfAlgStep.Accept, error);
        }

        transform.Dispose();
        return null;
    }

    public override void Fill(Span<byte> destination)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(RandomGenerator));
            for (Span<byte> rest = destination; !rest.IsEmpty; )
            {
                int wanted = Math.Min(rest.Length, LongestPiece);
                int result = _operation.Random(rest[..wanted]);
                if (result != wanted)
                {
                    CryptographicOperations.ZeroMemory(destination);
                    throw AfAlgErrors.Create(Name, "take random bytes", result);
                }

                rest = rest[wanted..];
            }
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _operation.Dispose();
            _transform.Dispose();
        }
    }
}
