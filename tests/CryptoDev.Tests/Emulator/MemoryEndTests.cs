using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>
/// Memory of operations: what is left of it for the next client, what is given back, and what happens where there is none.
/// </summary>
public sealed class MemoryEndTests
{
    private static readonly byte[] s_key = new byte[16];

    /// <summary>
    /// Wherever memory runs out on the way of an operation, that operation is ENOMEM, nothing stays counted, and the next one works.
    /// </summary>
    [Fact]
    public void Running_out_of_memory_ends_the_operation_alone()
    {
        using EmulatedClient client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map(64);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 64,
            src = data,
            dst = data,
            iv = client.Process.Map(16),
        };
        byte[] argument = new byte[Table.CryptOp.Size(WordSize.LP64)];
        Table.CryptOp.Encode(op, argument, WordSize.LP64);
        ulong address = (ulong)client.Process.Map(argument);
        List<int> results = [];
        for (int copies = 0; copies < 10; copies++)
        {
            Starved starved = new(client.Process, copies);
            results.Add(client.File.Ioctl(Table.CIOCCRYPT.Code(WordSize.LP64), address, starved));
            client.Device.Statistics.BytesInFlight.Should().Be(0, "copy {0} failed", copies);
        }

        int failed = results.TakeWhile(result => result == -LibC.ENOMEM).Count();
        failed.Should().BeGreaterThanOrEqualTo(4, "struct, IV and message are copied in, and the message out");
        results.Skip(failed).Should().OnlyContain(result => result == 0).And.NotBeEmpty();
    }

    [Fact]
    public void An_asynchronous_result_stays_counted_until_it_is_fetched()
    {
        using EmulatedClient client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        uint session = LinuxEmulatorTests.Open(client, Linux.CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map(1 << 16);
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 1 << 16,
            src = data,
            dst = data,
            iv = client.Process.Map(16),
        };
        client.Ioctl(Table.CIOCASYNCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        SpinWait.SpinUntil(() => (client.File.Poll() & LibC.POLLIN) != 0, Patience.Span).Should().BeTrue();
        client.Device.Statistics.BytesInFlight.Should().BeGreaterThanOrEqualTo(1 << 16);
        client.Ioctl(Table.CIOCASYNCFETCH, Table.CryptOp, ref op).Should().Be(0);
        client.Device.Statistics.BytesInFlight.Should().Be(0);
    }

    /// <summary>The pool gives the same memory to one client after the other.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(1 << 18)]
    [InlineData((1 << 20) + 1)]
    public void Memory_is_zeros_whoever_had_it_before(int length)
    {
        Quota quota = new(1L << 30);
        for (int i = 0; i < 200; i++)
        {
            RentedBytes.TryRent(quota, length, out RentedBytes rented).Should().BeTrue();
            using (rented)
            {
                rented.Bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
                rented.Bytes.Fill(0xA5);
            }
        }

        quota.Taken.Should().Be(0);
    }

    [Fact]
    public void The_pool_keeps_a_bounded_part_of_a_peak()
    {
        BytePool pool = new();
        foreach (int length in new[] { 300, 1 << 14, 1 << 16, 1 << 20 })
        {
            List<byte[]> peak = [];
            for (int i = 0; i < 500 && pool.TryRent(length) is { } array; i++)
            {
                array.Length.Should().BeGreaterThanOrEqualTo(length);
                peak.Add(array);
            }

            (length <= 1 << 14 ? 500 : 2 * Environment.ProcessorCount).Should().BeGreaterThanOrEqualTo(peak.Count);
            peak.ForEach(pool.Return);
            HashSet<byte[]> kept = [];
            while (kept.Count < 500 && pool.TryRent(length) is { } array && peak.Contains(array))
            {
                kept.Add(array);
            }

            kept.Count.Should().BeInRange(1, 2 * Environment.ProcessorCount);
        }

        pool.MostKept.Should().BeLessThanOrEqualTo(13L * (4 << 20));
        pool.TryRent(BytePool.Longest + 1).Should().BeNull();
    }

    /// <summary>In a container of 700 MiB the collector says 525 MiB: operations and results fit beside the rest.</summary>
    [Theory]
    [InlineData(525L << 20, 131L << 20)]
    [InlineData(24L << 30, 1L << 30)]
    [InlineData(10L << 20, 16L << 20)]
    public void What_clients_may_hold_fits_the_machine(long available, long bytes) =>
        (MachineMemory.Share(available) >> 20).Should().Be(bytes >> 20);

    [Fact]
    public void Sessions_fit_the_machine_too()
    {
        MachineMemory.SessionsOf(1L << 30).Should().Be(65536);
        MachineMemory.SessionsOf(128L << 20).Should().Be(16384);
    }

    /// <summary>A caller whose memory is copied a number of times before this process has no memory left.</summary>
    private sealed class Starved(ForeignProcess process, int copies) : IUserProcess
    {
        private int _left = copies;

        public WordSize WordSize => process.WordSize;

        public bool CopyIn(ulong address, Span<byte> destination)
        {
            Count();
            return process.CopyIn(address, destination);
        }

        public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
        {
            Count();
            return process.CopyOut(source, address);
        }

        public int InstallDescriptor(EmulatedFile file) => process.InstallDescriptor(file);

        private void Count()
        {
            if (_left-- <= 0)
            {
                throw new OutOfMemoryException();
            }
        }
    }
}
