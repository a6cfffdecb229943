using CryptoDev.Dialects;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>The thread that collects results: there before the kernel has anything, and only as long as it has.</summary>
public sealed class DeviceQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void Without_a_thread_nothing_is_given_to_the_kernel_and_nobody_waits()
    {
        using FakeChannel channel = new();
        FakeCaller caller = new(channel);
        int refusals = 0;
        bool refuses = true;
        DeviceQueue queue = new(
            caller,
            thread =>
            {
                if (refuses)
                {
                    refusals++;
                    throw new OutOfMemoryException();
                }

                thread.Start();
            }
        );
        using CountdownEvent left = new(4);
        PendingKey[] first = [new(default, left), new(default, left)];
        queue.TryStart(first).Should().BeFalse();
        caller.Started.Should().Be(0, "nobody would fetch it");
        queue.TryStart(first).Should().BeFalse("each one asks again");
        refusals.Should().Be(2);
        left.CurrentCount.Should().Be(4);

        refuses = false;
        queue.TryStart(first).Should().BeTrue();
        queue.TryStart([new PendingKey(default, left), new PendingKey(default, left)]).Should().BeTrue();
        left.Wait(s_patience).Should().BeTrue("what was refused once stands in nobody's way");
        caller.Started.Should().Be(4);
    }

    [Fact]
    public void The_thread_ends_with_the_last_result_and_another_takes_its_place()
    {
        using FakeChannel channel = new();
        FakeCaller caller = new(channel);
        List<Thread> threads = [];
        DeviceQueue queue = new(
            caller,
            thread =>
            {
                threads.Add(thread);
                thread.Start();
            }
        );
        for (int round = 1; round <= 3; round++)
        {
            using CountdownEvent left = new(2);
            queue.TryStart([new PendingKey(default, left), new PendingKey(default, left)]).Should().BeTrue();
            left.Wait(s_patience).Should().BeTrue();
            threads.Should().HaveCount(round);
            threads[^1].Join(s_patience).Should().BeTrue();
        }
    }

    [Fact]
    public void A_thread_whose_operations_the_kernel_refused_ends()
    {
        using FakeChannel channel = new();
        FakeCaller caller = new(channel) { Refusal = -LibC.EINVAL };
        Thread? collector = null;
        DeviceQueue queue = new(
            caller,
            thread =>
            {
                collector = thread;
                thread.Start();
            }
        );
        using CountdownEvent left = new(1);
        queue.TryStart([new PendingKey(default, left)]).Should().BeFalse();
        collector!.Join(s_patience).Should().BeTrue();
    }

    /// <summary>A device that takes key operations and has their results at once.</summary>
    private sealed class FakeCaller(DeviceChannel channel)
        : DeviceCaller(channel, DialectInfo.NetBsd, NetBsdCodec.Release10, NetBsdTable.CIOCFSESSION, null)
    {
        private readonly Queue<nint> _results = new();

        public int Refusal { get; init; }

        public int Started { get; private set; }

        public override int StartKeys(ReadOnlySpan<KeyCall> calls, Span<int> statuses)
        {
            lock (_results)
            {
                if (Refusal != 0)
                {
                    return Refusal;
                }

                foreach (ref readonly KeyCall call in calls)
                {
                    _results.Enqueue(call.Cookie);
                }

                Started += calls.Length;
                return 0;
            }
        }

        public override int Fetch(out nint cookie, out int status)
        {
            status = 0;
            lock (_results)
            {
                return _results.TryDequeue(out cookie) ? 0 : -LibC.EBUSY;
            }
        }

        public override int CreateSession(ref SessionCall call) => -LibC.ENOSYS;

        public override int Crypt(in CryptCall call) => -LibC.ENOSYS;

        public override int Key(in KeyCall call, out string? driver)
        {
            driver = null;
            return -LibC.ENOSYS;
        }
    }

    private sealed unsafe class FakeChannel : DeviceChannel
    {
        public FakeChannel() => SetHandle(0);

        public override int Ioctl(uint request, void* argument) => -LibC.ENOSYS;

        public override int Poll(short events, int timeoutMilliseconds) => LibC.POLLIN;

        public override DeviceChannel? Adopt(int descriptor) => null;

        protected override bool ReleaseHandle() => true;
    }
}
