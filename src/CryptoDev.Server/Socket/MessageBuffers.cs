using System.Collections.Concurrent;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// Reuses the buffers of ended channels. Without this, programs that open and close the device often would fill the heap of pinned objects.
/// </summary>
internal sealed class MessageBuffers
{
    private const int Most = 64;

    /// <summary>Fits the longest message and the header before it.</summary>
    private const int Length = ShimProtocol.CDS_MESSAGE + 32;

    private readonly ConcurrentBag<byte[]> _free = [];

    /// <summary>Returns a buffer with arbitrary content.</summary>
    public byte[] Rent() => _free.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(Length, pinned: true);

    /// <summary>Takes a buffer back and clears the data of clients.</summary>
    public void Return(byte[] buffer)
    {
        buffer.AsSpan().Clear();
        if (_free.Count < Most)
        {
            _free.Add(buffer);
        }
    }
}
