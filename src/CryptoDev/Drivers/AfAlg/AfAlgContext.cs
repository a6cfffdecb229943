using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>One operation descriptor. A session rents it for one message at a time.</summary>
internal sealed class AfAlgContext(AlgOperationSocket socket) : RentedContext
{
    public AlgOperationSocket Socket { get; } = socket;

    public override void Dispose() => Socket.Dispose();
}
