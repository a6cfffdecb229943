using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Native;
using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Server;

/// <summary>A whole device without a kernel: the real server and emulator, and a kernel that is played.</summary>
public sealed unsafe class CuseConnectionTests
{
    private const uint Elsewhere = 0;
    private const int EAGAIN = -11,
        EBADF = -9,
        EIO = -5,
        EINVAL = -22,
        ENOMEM = -12,
        ENOSYS = -38,
        ENODEV = -19,
        EFAULT = -14;
    private static readonly uint s_us = (uint)Environment.ProcessId;

    [Fact]
    public void A_caller_that_can_be_read_takes_one_round()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        uint session = OpenSession(kernel, file, s_us);
        Encrypt(kernel, file, session, s_us, 64).Should().Be((0, 1, true));
        Encrypt(kernel, file, session, s_us, 1 << 20).Should().Be((0, 1, true));
        kernel.Connection.Counters.RetryRounds.Should().Be(0);
    }

    [Fact]
    public void A_bad_pointer_is_EFAULT_in_one_round()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        kernel.Ioctl(file, CIOCGSESSION, (void*)8, s_us).Should().Be((EFAULT, 1));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    [InlineData(CuseChannel.MaxTransfer - 512)]
    public void A_caller_in_another_pid_namespace_is_served_by_retry(int length)
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        uint session = OpenSession(kernel, file, Elsewhere);
        (int result, int rounds, bool right) = Encrypt(kernel, file, session, Elsewhere, length);
        (result, right).Should().Be((0, true));
        rounds.Should().BeGreaterThan(2);
        SpinWait
            .SpinUntil(() => kernel.Connection.Running == 0, FakeKernel.PatienceMilliseconds)
            .Should()
            .BeTrue("the answer leaves before the thread is free again");
    }

    [Fact]
    public void Retry_can_be_forced()
    {
        using FakeKernel kernel = new(new CuseFrontEndOptions { Transfer = CuseTransfer.Retry });
        ulong file = kernel.Open();
        uint session = OpenSession(kernel, file, s_us);
        Encrypt(kernel, file, session, s_us, 64).Rounds.Should().BeGreaterThan(1);
        kernel.Connection.Counters.RetryRounds.Should().BeGreaterThan(1);
    }

    [Fact]
    public void Output_that_no_retry_can_carry_is_ENOMEM_and_told()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        uint session = OpenSession(kernel, file, Elsewhere);
        Encrypt(kernel, file, session, Elsewhere, CuseChannel.MaxTransfer + 16).Result.Should().Be(ENOMEM);
        kernel.Log.Should().ContainSingle(line => line.Contains("ENOMEM", StringComparison.Ordinal));
        Encrypt(kernel, file, session, Elsewhere, 64).Right.Should().BeTrue("the session still works");
    }

    [Fact]
    public void Input_of_any_length_comes_in_windows()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        byte[] message = RandomNumberGenerator.GetBytes((3 * CuseChannel.MaxTransfer) + 5);
        byte[] digest = new byte[32];
        uint session = OpenSession(kernel, file, Elsewhere, digest: true);
        fixed (
            byte* source = message,
                mac = digest
        )
        {
            crypt_op op = new()
            {
                ses = session,
                len = (uint)message.Length,
                src = (nint)source,
                mac = (nint)mac,
            };
            kernel.Ioctl(file, CIOCCRYPT, &op, Elsewhere).Result.Should().Be(0);
        }

        digest.Should().Equal(SHA256.HashData(message));
    }

    [Fact]
    public void A_caller_that_vanishes_between_rounds_is_given_up()
    {
        using FakeKernel kernel = new(new CuseFrontEndOptions { Transfer = CuseTransfer.Retry });
        ulong file = kernel.Open();
        // No thread has this number: pid_max is at most 2^22.
        kernel.Send(
            Fuse.FUSE_IOCTL,
            1 << 23,
            new fuse_ioctl_in
            {
                fh = file,
                cmd = CIOCGSESSION,
                arg = 0x1000,
            }
        );
        kernel.Receive().Body.Should().HaveCount(sizeof(fuse_ioctl_out) + sizeof(fuse_ioctl_iovec));
        SpinWait.SpinUntil(() => kernel.Connection.Running == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        kernel.Connection.Counters.CallersLost.Should().Be(1);
        OpenSession(kernel, file, s_us).Should().NotBe(uint.MaxValue, "others are served");
    }

    [Fact]
    public void A_thread_that_calls_anew_has_given_up_its_last_call()
    {
        using FakeKernel kernel = new(new CuseFrontEndOptions { Transfer = CuseTransfer.Retry });
        ulong file = kernel.Open();
        // As after EFAULT: the kernel has answered the caller and told nobody.
        kernel.Send(
            Fuse.FUSE_IOCTL,
            s_us,
            new fuse_ioctl_in
            {
                fh = file,
                cmd = CIOCGSESSION,
                arg = 8,
            }
        );
        kernel.Receive();
        OpenSession(kernel, file, s_us);

        // The thread that waited counts it when it comes to run, which the answer to the new call does not wait for.
        SpinWait
            .SpinUntil(() => kernel.Connection.Running == 0, FakeKernel.PatienceMilliseconds)
            .Should()
            .BeTrue("the answer leaves before the thread is free again");
        kernel.Connection.Counters.CallersLost.Should().Be(1);
    }

    [Fact]
    public void A_second_round_that_nobody_asked_for_is_EIO()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        kernel.Send(
            Fuse.FUSE_IOCTL,
            s_us,
            new fuse_ioctl_in
            {
                fh = file,
                cmd = CIOCCRYPT,
                arg = 8,
                in_size = 4,
            },
            [1, 2, 3, 4]
        );
        kernel.Receive().Header.error.Should().Be(EIO);
    }

    [Fact]
    public void More_callers_than_threads_are_all_answered()
    {
        using FakeKernel kernel = new(new CuseFrontEndOptions { Transfer = CuseTransfer.Retry, MaxThreads = 3 });
        ulong file = kernel.Open();
        // Each waits for its second round, which none gets before all have asked: with three threads, only three can be at work.
        for (uint i = 0; i < 12; i++)
        {
            kernel.Send(
                Fuse.FUSE_IOCTL,
                s_us + 0,
                new fuse_ioctl_in
                {
                    fh = file,
                    cmd = CIOCCRYPT,
                    arg = 0x1000,
                }
            );
        }

        // The same thread calls anew each time, so each call gives up the one before; the last stays.
        for (int i = 0; i < 12; i++)
        {
            kernel.Receive();
        }

        kernel.Connection.Threads.Should().BeLessThanOrEqualTo(3);
        kernel.Connection.Counters.Ioctls.Should().Be(12);
    }

    [Fact]
    public void What_is_not_for_this_device_is_refused()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        kernel.Send(Fuse.FUSE_READ, s_us, new fuse_release_in { fh = file });
        kernel.Receive().Header.error.Should().Be(EINVAL);
        kernel.Send(3, s_us, default(ulong));
        kernel.Receive().Header.error.Should().Be(ENOSYS);
        kernel.Send(Fuse.FUSE_IOCTL, s_us, new fuse_ioctl_in { fh = 999, cmd = CIOCCRYPT });
        MemoryMarshal.Read<fuse_ioctl_out>(kernel.Receive().Body).result.Should().Be(EBADF);
        kernel.Send(Fuse.FUSE_INTERRUPT, s_us, new fuse_interrupt_in { unique = 4711 });
        kernel.Receive().Header.error.Should().Be(EAGAIN, "the request may be in another thread's hands");
    }

    [Fact]
    public void The_last_close_ends_the_sessions()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        OpenSession(kernel, file, s_us);
        kernel.Statistics.OpenSessions.Should().Be(1);
        kernel.Send(Fuse.FUSE_RELEASE, s_us, new fuse_release_in { fh = file });
        kernel.Receive().Header.error.Should().Be(0);
        kernel.Statistics.OpenSessions.Should().Be(0);
        kernel.Statistics.OpenFiles.Should().Be(0);
        kernel.Connection.OpenFiles.Should().Be(0);
    }

    [Fact]
    public void After_the_end_has_begun_everything_is_ENODEV()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        kernel.Connection.BeginStop();
        kernel.Ioctl(file, CIOCGSESSION, (void*)8, s_us).Should().Be((ENODEV, 1));
        kernel.Send(Fuse.FUSE_OPEN, 1, default(ulong));
        kernel.Receive().Header.error.Should().Be(ENODEV);
    }

    [Fact]
    public void Who_waits_in_poll_is_told()
    {
        using FakeKernel kernel = new();
        ulong file = kernel.Open();
        uint session = OpenSession(kernel, file, s_us);
        kernel.Send(
            Fuse.FUSE_POLL,
            s_us,
            new fuse_poll_in
            {
                fh = file,
                kh = 42,
                flags = Fuse.FUSE_POLL_SCHEDULE_NOTIFY,
                events = (uint)LibC.POLLIN,
            }
        );
        (MemoryMarshal.Read<fuse_poll_out>(kernel.Receive().Body).revents & (uint)LibC.POLLIN).Should().Be(0);
        byte[] data = new byte[16],
            iv = new byte[16];
        fixed (
            byte* text = data,
                start = iv
        )
        {
            crypt_op op = new()
            {
                ses = session,
                op = COP_ENCRYPT,
                len = 16,
                src = (nint)text,
                dst = (nint)text,
                iv = (nint)start,
            };
            kernel.Send(
                Fuse.FUSE_IOCTL,
                s_us,
                new fuse_ioctl_in
                {
                    fh = file,
                    cmd = CIOCASYNCCRYPT,
                    arg = (ulong)&op,
                }
            );
            // The answer and the word to the sleeper, in either order.
            (fuse_out_header Header, byte[] Body)[] both = [kernel.Receive(), kernel.Receive()];
            both.Should()
                .ContainSingle(answer =>
                    answer.Header.unique == 0 && answer.Header.error == Fuse.FUSE_NOTIFY_POLL && BitConverter.ToUInt64(answer.Body) == 42
                );
            both.Should().ContainSingle(answer => answer.Header.unique != 0 && answer.Header.error == 0);
        }
    }

    private static uint OpenSession(FakeKernel kernel, ulong file, uint pid, bool digest = false)
    {
        byte[] key = new byte[16];
        fixed (byte* bytes = key)
        {
            session_op open = digest
                ? new session_op { mac = CRYPTO_SHA2_256 }
                : new session_op
                {
                    cipher = CRYPTO_AES_CBC,
                    keylen = 16,
                    key = (nint)bytes,
                };
            (int result, _) = kernel.Ioctl(file, CIOCGSESSION, &open, pid);
            return result == 0 ? open.ses : throw new InvalidOperationException($"CIOCGSESSION: {result}");
        }
    }

    private static (int Result, int Rounds, bool Right) Encrypt(FakeKernel kernel, ulong file, uint session, uint pid, int length)
    {
        byte[] plain = RandomNumberGenerator.GetBytes(length),
            answer = new byte[length],
            iv = RandomNumberGenerator.GetBytes(16);
        int result,
            rounds;
        fixed (
            byte* source = plain,
                destination = answer,
                start = iv
        )
        {
            crypt_op op = new()
            {
                ses = session,
                op = COP_ENCRYPT,
                len = (uint)length,
                src = (nint)source,
                dst = (nint)destination,
                iv = (nint)start,
            };
            (result, rounds) = kernel.Ioctl(file, CIOCCRYPT, &op, pid);
        }

        using Aes aes = Aes.Create();
        aes.Key = new byte[16];
        return (result, rounds, answer.AsSpan().SequenceEqual(aes.EncryptCbc(plain, iv, PaddingMode.None)));
    }
}
