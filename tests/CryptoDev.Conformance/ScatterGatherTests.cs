using System.Buffers;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>One message over many buffers.</summary>
public sealed class ScatterGatherTests
{
    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void Awkward_segments_give_the_bytes_of_one_buffer(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 300));
        byte[] iv = subject.Iv(random);
        byte[] expected = subject.Seal(message, iv);
        foreach (int[] cut in new int[][] { [], [0, 0, 1], [1, 1, 1, 1, 1], [15, 16, 17], [64, 0, 128, 3], [299, 1] })
        {
            string what = $"{subject}, cut at {string.Join(',', cut)}, seed {random.Seed}";
            List<Memory<byte>> output = Pieces(expected.Length, cut);
            subject.Session.Process(Sequence(message, cut), output, new CryptOp { Iv = iv }).Should().Be(expected.Length);
            Check.Same(expected, Join(output), what);
            if (subject.Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead)
            {
                List<Memory<byte>> back = Pieces(message.Length, [3, 5]);
                subject
                    .Session.Process(Sequence(expected, cut), back, new CryptOp { Direction = CryptDirection.Decrypt, Iv = iv })
                    .Should()
                    .Be(message.Length);
                Check.Same(message, Join(back), $"{what}, back");
            }
        }

        List<Memory<byte>> small = Pieces(expected.Length - 1, [2]);
        Check.Refused(
            $"{subject}, too little room",
            () => subject.Session.Process(Sequence(message, [7]), small, new CryptOp { Iv = iv }),
            $"{expected.Length - 1}",
            $"{expected.Length}"
        );
        Check.Zero(Join(small), $"{subject}: a refused operation wrote");
        Check.Refused(
            $"{subject}, source given twice",
            () => subject.Session.Process(Sequence(message, []), small, new CryptOp { Iv = iv, Source = message }),
            "Source"
        );
    }

    [Theory]
    [MemberData(nameof(TargetData.CiphersWithIv), MemberType = typeof(TargetData))]
    public void An_iv_in_the_buffers_travels_with_the_segments(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 90));
        byte[] iv = subject.Iv(random);
        byte[] expected = [.. iv, .. subject.Seal(message, iv)];
        List<Memory<byte>> output = Pieces(expected.Length, [3, 2, 20]);
        iv.AsSpan(0, 3).CopyTo(output[0].Span);
        iv.AsSpan(3, 2).CopyTo(output[1].Span);
        iv.AsSpan(5).CopyTo(output[2].Span);
        subject
            .Session.Process(Sequence(message, [1, 2, 3]), output, new CryptOp { IvSource = IvSource.Buffer })
            .Should()
            .Be(expected.Length);
        Check.Same(expected, Join(output), $"{subject}, IV in the destination, seed {random.Seed}");

        List<Memory<byte>> back = Pieces(message.Length, [1]);
        CryptOp open = new() { Direction = CryptDirection.Decrypt, IvSource = IvSource.Buffer };
        subject.Session.Process(Sequence(expected, [4, 4, 4]), back, in open).Should().Be(message.Length);
        Check.Same(message, Join(back), $"{subject}, IV in the source, seed {random.Seed}");

        subject.Session.Process(Sequence(message, [50]), output, new CryptOp { IvSource = IvSource.Random }).Should().Be(expected.Length);
        subject.Session.Process(Sequence(Join(output), [6]), back, in open).Should().Be(message.Length);
        Check.Same(message, Join(back), $"{subject}, random IV, seed {random.Seed}");
    }

    private static ReadOnlySequence<byte> Sequence(byte[] bytes, int[] cut)
    {
        Segment first = new(bytes.AsMemory(0, cut.Length == 0 ? bytes.Length : Math.Min(cut[0], bytes.Length)), 0);
        Segment last = first;
        int at = first.Memory.Length;
        foreach (int size in cut.Skip(1).Append(int.MaxValue))
        {
            int piece = Math.Min(size, bytes.Length - at);
            last = last.Append(bytes.AsMemory(at, piece));
            at += piece;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static List<Memory<byte>> Pieces(int total, int[] cut)
    {
        List<Memory<byte>> pieces = [];
        foreach (int size in cut)
        {
            pieces.Add(new byte[Math.Min(size, total)]);
            total -= pieces[^1].Length;
        }

        pieces.Add(new byte[total]);
        return pieces;
    }

    private static byte[] Join(List<Memory<byte>> pieces) => [.. pieces.SelectMany(piece => piece.ToArray())];

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
