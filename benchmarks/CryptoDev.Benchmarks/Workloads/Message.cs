using System.Runtime.InteropServices;

namespace CryptoDev.Benchmarks.Workloads;

/// <summary>
/// The one message that all contenders of a comparison process. It has the same addresses for each, so that cache lines and page offsets
/// favour no contender. The source starts on a page, because libkcapi splices whole pages. The destination starts at another offset in its
/// page: addresses with equal low 12 bits would slow stores down.
/// </summary>
internal sealed unsafe class Message : IDisposable
{
    private const int Page = 4096;
    private const int DestinationOffset = 1536;
    private const int Room = 64;

    private readonly byte* _source;
    private readonly byte* _destination;
    private readonly byte* _iv;

    public Message(Operation operation, int length, byte[] key)
    {
        Operation = operation;
        Length = length;
        Key = key;
        _source = (byte*)NativeMemory.AlignedAlloc((nuint)(length + Room), Page);
        _destination = (byte*)NativeMemory.AlignedAlloc((nuint)(length + Room + DestinationOffset), Page) + DestinationOffset;
        _iv = (byte*)NativeMemory.AlignedAlloc(Room, Room);
        Fill(Source, 1);
        Fill(new Span<byte>(_iv, Room), 2);
    }

    public Operation Operation { get; }

    public int Length { get; }

    public byte[] Key { get; }

    // SAFETY: the three blocks have the lengths given here and live until Dispose, which the owner calls after the last contender is gone.
    public Span<byte> Source => new(_source, Length);

    /// <summary>The text followed by the tag, or the digest.</summary>
    public Span<byte> Output => new(_destination, Operation.OutputLength(Length));

    public Span<byte> Text => new(_destination, Length);

    public Span<byte> Tag => new(_destination + Length, Operation.TagLength);

    public Span<byte> Iv => new(_iv, Operation.IvLength);

    /// <summary>Makes a key. Its bytes are the same in every run.</summary>
    public static byte[] MakeKey(Operation operation)
    {
        byte[] key = new byte[operation.KeyLength];
        Fill(key, 3);
        return key;
    }

    /// <summary>Returns the message as <c>struct peer_message</c>.</summary>
    public PeerMessage ToPeer() =>
        new()
        {
            Source = _source,
            Destination = _destination,
            Iv = _iv,
            Length = (nuint)Length,
        };

    public void Dispose()
    {
        NativeMemory.AlignedFree(_source);
        NativeMemory.AlignedFree(_destination - DestinationOffset);
        NativeMemory.AlignedFree(_iv);
    }

    private static void Fill(Span<byte> bytes, int seed) => new Random(seed).NextBytes(bytes);
}

/// <summary>benchmarks/peers/peer.h: <c>struct peer_message</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PeerMessage
{
    public byte* Source;
    public byte* Destination;
    public byte* Iv;
    public nuint Length;
}
