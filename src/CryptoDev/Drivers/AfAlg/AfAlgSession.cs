using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>The common base of sessions on one keyed transform: the parent descriptor and its operation descriptors.</summary>
internal abstract class AfAlgSession : PooledSession<AfAlgContext>
{
    private readonly AlgTransformSocket _transform;

    private protected AfAlgSession(AfAlgOpening opening)
        : base(opening.Target.Describe(), opening.Transform.Algorithm, opening.First)
    {
        _transform = opening.Socket;
        Parameters = opening.Transform;
        Name = opening.Target.Name;
    }

    /// <summary>The transform of the session. Its key is not read after the session is open.</summary>
    private protected CryptoTransform Parameters { get; }

    private protected string Name { get; }

    public sealed override void Dispose()
    {
        base.Dispose();
        _transform.Dispose();
    }

    /// <summary>
    /// The exception for a descriptor whose call failed. The descriptor is closed when its rental ends, because its state is unknown. A new
    /// one costs one accept.
    /// </summary>
    private protected CryptoDevException Failed(int result, string operation) =>
        AfAlgErrors.Create(Driver.Name, $"{operation} with {Name}", result);

    private protected sealed override AfAlgContext CreateContext() =>
        AfAlgOpening.Accept(_transform, Parameters, out Errno error)
        ?? throw AfAlgErrors.Create(Driver.Name, $"accept an operation of {Name}", -error.Number);
}
