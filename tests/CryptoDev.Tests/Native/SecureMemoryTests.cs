using System.Globalization;
using CryptoDev.Framework;
using CryptoDev.Native;
using CryptoDev.Tests.KeyOps;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Native;

/// <summary>How the memory of secrets is kept, as the kernel tells it.</summary>
[Collection(KeyOpLifetimeCollection.Name)]
public sealed class SecureMemoryTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(100_000)]
    [InlineData(1 << 20)]
    public void It_is_out_of_core_dumps_and_of_children_and_locked_and_between_guards(int length)
    {
        using SecureMemoryHandle memory = SecureMemoryHandle.Copy(new byte[length]);
        long start = Address(memory);
        Mapping own = Mapping.At(start);
        own.Permissions.Should().StartWith("rw-");
        own.End.Should().BeGreaterThanOrEqualTo(start + length);
        own.Flags.Should().Contain("dd", "left out of core dumps").And.Contain("dc", "left out of children");
        if (length <= 128 << 10 && GuardedPages.LockFailure == 0)
        {
            own.Flags.Should().Contain("lo", "locked");
        }

        Mapping.At(own.Start - 1).Permissions.Should().StartWith("---");
        Mapping.At(own.End).Permissions.Should().StartWith("---");
        if (length > 8192)
        {
            (own.End - (start + length)).Should().BeInRange(0, 15, "a long secret ends at its guard");
        }
    }

    [Fact]
    public void Thousands_of_keys_share_few_pages()
    {
        CryptoKey[] keys = [.. Enumerable.Range(0, 5000).Select(i => new CryptoKey(BitConverter.GetBytes(i)))];
        keys.Select(key => Mapping.PageOf(key)).Distinct().Count().Should().BeLessThan(200);
        for (int i = 0; i < keys.Length; i++)
        {
            BitConverter.ToInt32(keys[i].Bytes).Should().Be(i);
        }

        Array.ForEach(keys, key => key.Dispose());
    }

    [Fact]
    public void Blocks_are_zero_when_taken_and_never_overlap()
    {
        Parallel.For(
            0,
            4,
            thread =>
            {
                Random random = new(thread);
                List<(SecureMemoryHandle Memory, byte Mark)> held = [];
                for (int round = 0; round < 4000; round++)
                {
                    if (held.Count > 0 && random.Next(2) == 0)
                    {
                        int which = random.Next(held.Count);
                        (SecureMemoryHandle memory, byte mark) = held[which];
                        memory.Bytes.ContainsAnyExcept(mark).Should().BeFalse();
                        memory.Dispose();
                        held.RemoveAt(which);
                    }
                    else
                    {
                        SecureMemoryHandle memory = SecureMemoryHandle.Allocate(random.Next(1, random.Next(20) == 0 ? 20_000 : 700));
                        memory.Bytes.ContainsAnyExcept((byte)0).Should().BeFalse("nobody meets what another left");
                        byte mark = (byte)random.Next(1, 256);
                        memory.Bytes.Fill(mark);
                        held.Add((memory, mark));
                    }
                }

                foreach ((SecureMemoryHandle memory, byte mark) in held)
                {
                    memory.Bytes.ContainsAnyExcept(mark).Should().BeFalse();
                    memory.Dispose();
                }
            }
        );
    }

    [Fact]
    public void A_reference_keeps_the_bytes_from_dispose()
    {
        SecureMemoryHandle memory = SecureMemoryHandle.Copy([1, 2, 3]);
        using (memory.Acquire())
        {
            memory.Dispose();
            memory.Bytes.ToArray().Should().Equal(1, 2, 3);
        }

        FluentActions.Invoking(() => memory.Acquire().Dispose()).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Doctor_says_where_keys_are_not_locked_and_what_helps()
    {
        AvailabilityProbe.MemoryNotes(0).Should().BeEmpty();
        string note = AvailabilityProbe.MemoryNotes(LibC.ENOMEM).Should().ContainSingle().Which;
        note.Should().Contain("ENOMEM").And.Contain("ulimit -l").And.Contain("swap");
    }

    private static unsafe long Address(SecureMemoryHandle memory) =>
        // SAFETY: the address is compared only.
        (long)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory.Bytes[0]);

    private sealed record Mapping(long Start, long End, string Permissions, string Flags)
    {
        public static Mapping At(long address)
        {
            string[] lines = File.ReadAllLines("/proc/self/smaps");
            for (int i = 0; i < lines.Length; i++)
            {
                string[] words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                string[] range = words[0].Split('-');
                if (range.Length != 2 || !TryHex(range[0], out long start) || !TryHex(range[1], out long end))
                {
                    continue;
                }

                if (start <= address && address < end)
                {
                    string flags = lines[i..].First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal));
                    return new Mapping(start, end, words[1], flags);
                }
            }

            throw new InvalidOperationException("Nothing is mapped there.");
        }

        public static unsafe long PageOf(CryptoKey key) =>
            // SAFETY: the address is compared only.
            (long)
                System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(key.Bytes))
            / Environment.SystemPageSize;

        private static bool TryHex(string text, out long value) =>
            long.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
    }
}
