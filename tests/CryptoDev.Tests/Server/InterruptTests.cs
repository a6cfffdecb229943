using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Tests.Server;

/// <summary>
/// A call that waits for other work: a signal wakes it with EINTR, nothing is lost, and the end of the server wakes it too.
/// </summary>
public sealed class InterruptTests
{
    // The work takes seconds, so that one turn does; a machine may stand still for as long.
    private const int Turns = 20;
    private static readonly uint s_us = (uint)Environment.ProcessId;

    [Fact]
    public unsafe void The_emulator_answers_EINTR_and_keeps_the_result()
    {
        using DevCryptoEmulator device = new(LongWork.Device);
        device.Open(out EmulatedFile? file).Should().Be(0);
        using (file)
        {
            OwnProcess self = new(trusted: false);
            UntilInterrupted(
                work => file!.Ioctl(CIOCNFKEYM, work.StartAddress, self),
                work =>
                {
                    using CancellationTokenSource signal = new(TimeSpan.FromMilliseconds(30));
                    return file!.Ioctl(CIOCNCRYPTRETM, work.FetchAddress, self, signal.Token);
                },
                work => file!.Ioctl(CIOCNCRYPTRETM, work.FetchAddress, self)
            );
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void A_device_answers_a_signalled_caller_EINTR_and_keeps_the_result(bool isSeen)
    {
        uint caller = isSeen ? s_us : 0;
        using FakeKernel kernel = new(emulator: LongWork.Device);
        ulong file = kernel.Open();
        UntilInterrupted(
            work => kernel.Ioctl(file, CIOCNFKEYM, work.Start(), caller).Result,
            work => kernel.Ioctl(file, CIOCNCRYPTRETM, work.Fetch(), caller, hasSignal: true).Result,
            work => kernel.Ioctl(file, CIOCNCRYPTRETM, work.Fetch(), caller).Result
        );
        kernel.Connection.Counters.Interrupts.Should().BePositive();
    }

    [Fact]
    public unsafe void The_end_of_a_device_wakes_who_waits()
    {
        using FakeKernel kernel = new(emulator: LongWork.Device);
        ulong file = kernel.Open();
        LongWork work = new();
        kernel.Ioctl(file, CIOCNFKEYM, work.Start(), s_us).Result.Should().Be(0);
        long before = kernel.Statistics.BytesInFlight;
        kernel.Send(
            Fuse.FUSE_IOCTL,
            s_us,
            new fuse_ioctl_in
            {
                fh = file,
                cmd = CIOCNCRYPTRETM,
                arg = work.FetchAddress,
            }
        );

        // It has room for results, so it is beyond all that would refuse it.
        SpinWait.SpinUntil(() => kernel.Statistics.BytesInFlight > before, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        kernel.Connection.BeginStop();
        MemoryMarshal.Read<fuse_ioctl_out>(kernel.Receive().Body).result.Should().Be(-LibC.EINTR);
        GC.KeepAlive(work);
    }

    [Fact]
    public async Task The_end_of_a_socket_wakes_who_waits()
    {
        SocketClient server = new(emulator: LongWork.Device);
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        LongWork work = new();
        ulong start = work.StartAddress,
            fetch = work.FetchAddress;
        Dictionary<ulong, byte[]> memory = work.Copy();
        SocketClient.Ioctl(channel, CIOCNFKEYM, start, memory, sendsAll: true).Should().Be(0);
        Task<int> waits = Task.Factory.StartNew(
            () => SocketClient.Ioctl(channel, CIOCNCRYPTRETM, fetch, memory, sendsAll: true),
            TaskCreationOptions.LongRunning
        );
        SpinWait.SpinUntil(() => server.Counter("ioctls") == 2, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        server.Dispose();
        (await waits).Should().Be(-LibC.EINTR);
    }

    private static void UntilInterrupted(Func<LongWork, int> start, Func<LongWork, int> fetchWithSignal, Func<LongWork, int> fetch)
    {
        int result = 0;
        for (int turn = 0; turn < Turns && result == 0; turn++)
        {
            LongWork work = new();
            start(work).Should().Be(0);
            work.WasAccepted.Should().BeTrue();
            result = fetchWithSignal(work);
            result.Should().BeOneOf(0, -LibC.EINTR);
            if (result != 0)
            {
                fetch(work).Should().Be(0, "the result waits for who asks again");
            }

            work.IsRight.Should().BeTrue();
        }

        result.Should().Be(-LibC.EINTR);
    }
}
