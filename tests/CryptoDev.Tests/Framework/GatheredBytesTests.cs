using System.Buffers;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>What a message was gathered into does not stay behind in memory that others rent next.</summary>
public sealed class GatheredBytesTests
{
    private const int Length = 3000;
    private const byte Secret = 0xA7;

    // Longer than chance makes one: others rent from the same pool.
    private static readonly byte[] s_traces = [.. Enumerable.Repeat(Secret, 16)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gathered_plaintext_is_cleared(bool fails)
    {
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        using Session session = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.Null));
        CryptOp op = new() { Direction = CryptDirection.Encrypt };
        byte[] first = new byte[Length / 2];
        first.AsSpan().Fill(Secret);
        ReadOnlySequence<byte> source = Sequence(first, first);
        Memory<byte>[] destination = [new byte[fails ? Length - 1 : Length]];
        try
        {
            session.Process(in source, destination, in op).Should().Be(Length);
            fails.Should().BeFalse();
        }
        catch (ArgumentException)
        {
            fails.Should().BeTrue();
        }

        // A thread's last array of a size is the first that it rents again.
        foreach (int length in new[] { Length, Length + 64, Length + 2048 })
        {
            byte[] next = ArrayPool<byte>.Shared.Rent(length);
            next.AsSpan().IndexOf(s_traces).Should().Be(-1);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    private static ReadOnlySequence<byte> Sequence(byte[] first, byte[] second)
    {
        Piece start = new(first, 0);
        Piece end = start.Append(second);
        return new ReadOnlySequence<byte>(start, 0, end, second.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
