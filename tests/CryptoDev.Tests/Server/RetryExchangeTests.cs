using CryptoDev.Native;
using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

public sealed class RetryExchangeTests
{
    [Fact]
    public async Task Who_is_gone_is_given_up_though_others_come_and_go_all_the_time()
    {
        RetryExchange exchange = new();
        // No thread has this number: pid_max is at most 2^22.
        CuseCaller gone = Caller(exchange, 1 << 23),
            busy = Caller(exchange, 7);
        exchange.Enter(gone).Should().BeTrue();
        exchange.Expect(gone, 8, 0);
        Task<bool> waits = Task.Factory.StartNew(() => exchange.Await(gone), TaskCreationOptions.LongRunning);
        long end = Environment.TickCount64 + FakeKernel.PatienceMilliseconds;
        while (!waits.IsCompleted && Environment.TickCount64 < end)
        {
            // Each wakes everybody who waits.
            exchange.Enter(busy).Should().BeTrue();
            exchange.Leave(busy);
            Thread.Sleep(1);
        }

        waits.IsCompleted.Should().BeTrue();
        (await waits).Should().BeFalse();
    }

    private static CuseCaller Caller(RetryExchange exchange, uint thread)
    {
        CuseCaller caller = new(null!, exchange, new CuseCounters(), CuseTransfer.Retry, null);
        caller.Begin(new fuse_in_header { pid = thread, unique = 2 }, new fuse_ioctl_in());
        return caller;
    }
}
