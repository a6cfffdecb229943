using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>A random generator of the kernel: one system call for every 128 bytes.</summary>
internal sealed class AfAlgRandomGenerator : RandomGenerator
{
    // A longer request is cut to this by the kernel, without an error.
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

    /// <summary>Opens the generator of that name.</summary>
    public static AfAlgRandomGenerator? TryOpen(AfAlgTarget target, ReadOnlySpan<byte> seed, out AfAlgFailure failure)
    {
        AlgTransformSocket? transform = AlgTransformSocket.Open(out Errno error);
        failure = new AfAlgFailure(AfAlgStep.Socket, error);
        if (transform is null)
        {
            return null;
        }

        failure = new AfAlgFailure(AfAlgStep.Bind, transform.Bind(target.Type, target.Name));

        // A DRBG is made ready by setting its seed, and only before accept; an empty one lets it seed itself. Without it every receive is
        // EINVAL.
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
            ObjectDisposedException.ThrowIf(_disposed, this);
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
