using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>What belongs to one thread of a device: its buffer and the caller it serves.</summary>
internal sealed class CuseWorker
{
    public CuseWorker(CuseCaller caller) => Caller = caller;

    public CuseCaller Caller { get; }

    /// <summary>Pinned; changes hands when a request for another worker came in it.</summary>
    public byte[] Buffer = GC.AllocateUninitializedArray<byte>(CuseChannel.BufferLength, pinned: true);
}
