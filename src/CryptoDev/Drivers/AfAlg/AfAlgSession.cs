using System.Diagnostics.CodeAnalysis;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>What all sessions on one keyed transform share: the parent descriptor and the pool of operation descriptors under it.</summary>
internal abstract class AfAlgSession : DriverSession
{
    private readonly AlgTransformSocket _transform;

    private protected AfAlgSession(AfAlgOpening opening)
    {
        _transform = opening.Socket;
        Parameters = opening.Transform;
        Driver = opening.Target.Describe();
        Name = opening.Target.Name;
        Pool = new RentalPool<AfAlgContext>(CreateContext);
        Pool.Return(Pool.Adopt(opening.First));
    }

    public sealed override SessionDriver Driver { get; }

    public sealed override SessionStatistics Statistics => Pool.Statistics;

    /// <summary>The transform of the session; its key is not read after opening.</summary>
    private protected CryptoTransform Parameters { get; }

    private protected string Name { get; }

    private protected RentalPool<AfAlgContext> Pool { get; }

    public override DigestState BeginDigest() => throw new InvalidOperationException($"{Parameters.Algorithm} has no running digest.");

    public sealed override void Dispose()
    {
        Pool.Dispose();
        _transform.Dispose();
    }

    /// <summary>Counts and returns a descriptor that did what it was asked.</summary>
    private protected void Finish(AfAlgContext context, int bytes)
    {
        context.Operations++;
        context.Bytes += bytes;
        Pool.Return(context);
    }

    /// <summary>
    /// Closes a descriptor that answered anything else: what it still holds is not worth reasoning about, and another costs one accept.
    /// </summary>
    [DoesNotReturn]
    private protected void Fail(AfAlgContext context, int result, string operation)
    {
        context.Failures++;
        Pool.Discard(context);
        throw AfAlgErrors.Create(Driver.Name, $"{operation} with {Name}", result);
    }

    private AfAlgContext CreateContext() =>
        AfAlgOpening.Accept(_transform, Parameters, out Errno error)
        ?? throw AfAlgErrors.Create(Driver.Name, $"accept an operation of {Name}", -error.Number);
}
