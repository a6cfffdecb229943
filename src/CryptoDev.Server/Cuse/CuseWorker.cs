using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>The state of one thread of a device: its buffer and the caller that it serves.</summary>
internal sealed class CuseWorker
{
    public CuseWorker(CuseCaller caller) => Caller = caller;

    public CuseCaller Caller { get; }

    /// <summary>Pinned. It is swapped for another buffer when it receives a request for another worker.</summary>
    public byte[] Buffer = GC.AllocateUninitializedArray<byte>(CuseChannel.BufferLength, pinned: true);
}
