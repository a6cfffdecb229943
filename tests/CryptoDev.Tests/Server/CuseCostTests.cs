using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Server;

/// <summary>Counts what the whole process allocates, so nothing else may run.</summary>
[CollectionDefinition(nameof(CuseCostTests), DisableParallelization = true)]
[Collection(nameof(CuseCostTests))]
public sealed unsafe class CuseCostTests
{
    private const int Warm = 2000;
    private const int Counted = 20000;

    [Fact]
    public void The_front_end_allocates_nothing_per_ioctl()
    {
        using FakeKernel kernel = new();

        // Of a file that is not open: read, taken, looked up and answered, but never given to the emulator, whose own cost is counted
        // elsewhere.
        fuse_ioctl_in ioctl = new()
        {
            fh = 999,
            cmd = CIOCCRYPT,
            arg = 8,
        };
        Run(kernel, ioctl, Warm);

        // The smallest object per ioctl would be 24 bytes.
        Allocated(() => Run(kernel, ioctl, Counted)).Should().BeLessThan(Counted * 12);
    }

    /// <summary>
    /// What the process allocates in the quietest of some runs. The runtime, threads that end late and a server that starts one more (with
    /// a buffer of 132 KiB) allocate beside it in one run or another; what each call allocates is there in every run.
    /// </summary>
    internal static long Allocated(Action run)
    {
        const int Runs = 5;
        long least = long.MaxValue;
        for (int i = 0; i < Runs; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    private static void Run(FakeKernel kernel, in fuse_ioctl_in ioctl, int count)
    {
        byte* request = stackalloc byte[sizeof(fuse_in_header) + sizeof(fuse_ioctl_in)];
        byte* answer = stackalloc byte[sizeof(fuse_out_header) + sizeof(fuse_ioctl_out)];
        fuse_in_header* header = (fuse_in_header*)request;
        *header = new fuse_in_header
        {
            len = (uint)(sizeof(fuse_in_header) + sizeof(fuse_ioctl_in)),
            opcode = Fuse.FUSE_IOCTL,
            pid = (uint)Environment.ProcessId,
        };
        *(fuse_ioctl_in*)(header + 1) = ioctl;
        for (int i = 0; i < count; i++)
        {
            header->unique = (ulong)(1000 + (2 * i));
            kernel.Exchange(
                new ReadOnlySpan<byte>(request, (int)header->len),
                new Span<byte>(answer, sizeof(fuse_out_header) + sizeof(fuse_ioctl_out))
            );
            if (((fuse_ioctl_out*)((fuse_out_header*)answer + 1))->result != -LibC.EBADF)
            {
                throw new InvalidOperationException($"ioctl {i} was answered otherwise.");
            }
        }
    }
}
