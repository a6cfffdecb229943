using System.Collections.Concurrent;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>Buffers of ended channels for new ones: programs that open and close all day would fill the heap of pinned objects.</summary>
internal sealed class MessageBuffers
{
    private const int Most = 64;

    /// <summary>Room for the longest message and the head before it.</summary>
    private const int Length = ShimProtocol.CDS_MESSAGE + 32;

    private readonly ConcurrentBag<byte[]> _free = [];

    /// <summary>One whose content does not matter.</summary>
    public byte[] Rent() => _free.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(Length, pinned: true);

    /// <summary>Takes one back, emptied of what clients sent.</summary>
    public void Return(byte[] buffer)
    {
        buffer.AsSpan().Clear();
        if (_free.Count < Most)
        {
            _free.Add(buffer);
        }
    }
}
