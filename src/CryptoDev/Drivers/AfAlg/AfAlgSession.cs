using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>What all sessions on one keyed transform share: the parent descriptor and the operation descriptors under it.</summary>
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

    /// <summary>The transform of the session; its key is not read after opening.</summary>
    private protected CryptoTransform Parameters { get; }

    private protected string Name { get; }

    public sealed override void Dispose()
    {
        base.Dispose();
        _transform.Dispose();
    }

    /// <summary>
    /// What to throw about a descriptor that did not do what it was asked. It is closed with its rental: what it still holds is not worth
    /// reasoning about, and another costs one accept.
    /// </summary>
    private protected CryptoDevException Failed(int result, string operation) =>
        AfAlgErrors.Create(Driver.Name, $"{operation} with {Name}", result);

    private protected sealed override AfAlgContext CreateContext() =>
        AfAlgOpening.Accept(_transform, Parameters, out Errno error)
        ?? throw AfAlgErrors.Create(Driver.Name, $"accept an operation of {Name}", -error.Number);
}
