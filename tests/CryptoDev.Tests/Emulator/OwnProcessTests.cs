using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Emulator;

/// <summary>An emulated device called from this very process: a bad pointer is an answer, by either way of copying.</summary>
public sealed unsafe class OwnProcessTests : IDisposable
{
    private const int Page = 4096;
    private const int Length = 100_000;
    private const int MAP_FIXED = 0x10;

    private readonly byte* _memory;

    // Pages that nothing may touch stand before and behind.
    public OwnProcessTests()
    {
        byte* all = (byte*)LibC.mmap(null, 2 * Page * 32, LibC.PROT_NONE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        _memory = (byte*)
            LibC.mmap(all + Page, Page, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        (_memory == all + Page).Should().BeTrue();
    }

    public void Dispose() => LibC.munmap(_memory - Page, 2 * Page * 32);

    [Fact]
    public void Bytes_are_copied_up_to_the_last_and_not_beyond()
    {
        ulong address = (ulong)_memory;
        byte[] bytes = [1, 2, 3, 4];
        OwnMemory.TryWrite(bytes, address + Page - 4).Should().BeTrue();
        byte[] back = new byte[4];
        OwnMemory.TryRead(address + Page - 4, back).Should().BeTrue();
        back.Should().Equal(bytes);
        foreach (ulong bad in new[] { address + Page - 3, address + Page, address - 1, 0ul, 16ul, ulong.MaxValue, 0x8000_0000_0000_0000 })
        {
            OwnMemory.TryRead(bad, back).Should().BeFalse("{0:x}", bad);
            OwnMemory.TryWrite(bytes, bad).Should().BeFalse("{0:x}", bad);
        }
    }

    /// <summary>Where the kernel forbids the direct way; what a bad pointer leaves in the pipe must not come out with the next.</summary>
    [Fact]
    public void Through_a_pipe_the_same_holds()
    {
        byte[] source = new byte[Length];
        new Random(7).NextBytes(source);
        byte[] back = new byte[Length];
        fixed (
            byte* from = source,
                to = back
        )
        {
            OwnMemory.TryPipe(from, to, Length).Should().BeTrue();
            back.Should().Equal(source);
            OwnMemory.TryPipe(from, _memory + Page - 10, 20).Should().BeFalse();
            OwnMemory.TryPipe(_memory + Page - 10, to, 20).Should().BeFalse();
            OwnMemory.TryPipe((byte*)16, to, 20).Should().BeFalse();
            back.AsSpan().Clear();
            OwnMemory.TryPipe(from, to, Length).Should().BeTrue();
        }

        back.Should().Equal(source);
    }

    [Fact]
    public void The_slower_way_is_told()
    {
        AvailabilityProbe.RawFaceNotes(copiesDirectly: true).Should().BeEmpty();
        string note = AvailabilityProbe.RawFaceNotes(copiesDirectly: false).Should().ContainSingle().Which;
        using CryptoDevice device = CryptoDevice.Open();
        device.GetAvailability().Notes.Contains(note).Should().Be(!OwnMemory.IsDirect);
    }

    [Fact]
    public void An_ioctl_with_a_bad_pointer_is_EFAULT() => CallWithBadPointers();

    /// <summary>A sandbox's filter on a thread of this process: the same answers, and doctor's sentence.</summary>
    [Fact]
    public void Where_process_vm_is_forbidden_a_bad_pointer_is_EFAULT_too()
    {
        string? direct = null;
        Exception? failure = null;
        Thread sandboxed = new(() =>
        {
            try
            {
                ForbiddenProcessVm.OnThisThread();
                CallWithBadPointers();
                OwnMemory.IsDirect.Should().BeFalse("the kernel said EPERM");
                using CryptoDevice device = CryptoDevice.Open();
                direct = device
                    .GetAvailability()
                    .Notes.SingleOrDefault(note => note.StartsWith("process_vm_readv is forbidden here", StringComparison.Ordinal));
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        sandboxed.Start();
        sandboxed.Join();
        failure.Should().BeNull();
        direct.Should().NotBeNull("doctor says so");
        OwnMemory.IsDirect.Should().BeTrue("this thread has no filter");
    }

    private void CallWithBadPointers()
    {
        using DevCryptoEmulator device = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        device.Open(out EmulatedFile? file).Should().Be(0);
        OwnProcess process = new(trusted: false);
        session_op create = new()
        {
            cipher = CRYPTO_AES_CBC,
            keylen = 16,
            key = (nint)_memory,
        };
        Call(CryptodevLinuxTable.CIOCGSESSION, &create).Should().Be(0);
        new Span<byte>(_memory, 32).Fill(5);
        crypt_op op = new()
        {
            ses = create.ses,
            len = 32,
            src = (nint)_memory,
            dst = (nint)_memory,
        };
        Call(CryptodevLinuxTable.CIOCCRYPT, &op).Should().Be(0);
        new Span<byte>(_memory, 32).ToArray().Should().NotEqual(Enumerable.Repeat((byte)5, 32));
        op.src = (nint)(_memory + Page - 16);
        Call(CryptodevLinuxTable.CIOCCRYPT, &op).Should().Be(-LibC.EFAULT);
        op.src = 16;
        Call(CryptodevLinuxTable.CIOCCRYPT, &op).Should().Be(-LibC.EFAULT);
        file!.Ioctl(CryptodevLinuxTable.CIOCCRYPT.Code(), 16, process).Should().Be(-LibC.EFAULT);
        create.key = (nint)(_memory - 8);
        Call(CryptodevLinuxTable.CIOCGSESSION, &create).Should().Be(-LibC.EFAULT);
        file.Dispose();

        int Call(IoctlInfo info, void* argument) => file!.Ioctl(info.Code(), (ulong)argument, process);
    }
}
