using CryptoDev.Native;
using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Who reads and who works, where threads come late or not at all, as on a busy machine.</summary>
public sealed class WorkerTableTests
{
    private static readonly fuse_in_header s_header = new() { unique = 8 };
    private static readonly fuse_ioctl_in s_ioctl = new();

    [Fact]
    public void A_reader_that_was_started_counts_though_it_does_not_run_yet()
    {
        WorkerTable table = new(64);
        table.Add(Worker());
        table.EndReadWith(s_header, s_ioctl).Should().Be(IoctlTurn.RunAfterStartingReader);
        table.Add(Worker());
        for (int i = 0; i < 10; i++)
        {
            table.EndRun(0);
            table.Next(out _).Should().Be(NextStep.Read);
            table.EndReadWith(s_header, s_ioctl).Should().Be(IoctlTurn.Run, "somebody will read");
        }

        table.Count.Should().Be(2);
    }

    [Fact]
    public void Beyond_the_bound_an_ioctl_waits_for_a_thread()
    {
        WorkerTable table = new(2);
        table.Add(Worker());
        table.EndReadWith(s_header, s_ioctl).Should().Be(IoctlTurn.RunAfterStartingReader);
        table.Add(Worker());
        table.EndReadWith(s_header, s_ioctl).Should().Be(IoctlTurn.Queued);
        table.Running.Should().Be(2);
        table.EndRun(0);
        table.Next(out _).Should().Be(NextStep.Read, "somebody must read before anything is run");
        table.Next(out QueuedIoctl? queued).Should().Be(NextStep.Run);
        queued.Should().NotBeNull();
    }

    [Fact]
    public void The_only_thread_runs_what_it_queued_where_no_second_can_be_had()
    {
        WorkerTable table = new(64);
        table.Add(Worker());
        table.EndReadWith(s_header, s_ioctl).Should().Be(IoctlTurn.RunAfterStartingReader);
        table.Requeue(s_header, s_ioctl);
        table.Next(out QueuedIoctl? queued).Should().Be(NextStep.Run);
        queued!.Header.unique.Should().Be(8);
        table.EndRun(0);
        table.Next(out _).Should().Be(NextStep.Read);
        table.Running.Should().Be(0);
    }

    [Fact]
    public void Of_many_only_some_stay_in_the_read()
    {
        WorkerTable table = new(64);
        NextStep[] steps = [.. Enumerable.Range(0, 6).Select(_ => table.Next(out QueuedIoctl? _))];
        steps.Should().Equal(NextStep.Read, NextStep.Read, NextStep.Read, NextStep.End, NextStep.End, NextStep.End);
    }

    /// <summary>What one user asks for at once leaves workers for others; what he has to wait for is taken turn by turn.</summary>
    [Fact]
    public void A_user_leaves_workers_to_others()
    {
        const uint Greedy = 1000;
        WorkerTable table = new(10);
        IoctlTurn[] turns =
        [
            .. Enumerable
                .Range(0, 9)
                .Select(i =>
                {
                    table.Add(Worker());
                    IoctlTurn turn = table.EndReadWith(
                        new fuse_in_header { unique = 8, uid = Greedy },
                        new fuse_ioctl_in { fh = (ulong)(i % 2) }
                    );
                    if (turn == IoctlTurn.Queued)
                    {
                        table.Next(out _).Should().Be(NextStep.Read, "nothing of his may run yet");
                    }

                    return turn;
                }),
        ];
        turns.Count(turn => turn == IoctlTurn.Queued).Should().Be(5, "of nine that may work he has no more than stay for others");
        table.EndReadWith(new fuse_in_header { unique = 8, uid = 2000 }, s_ioctl).Should().NotBe(IoctlTurn.Queued);
        table.EndRun(Greedy);
        table.Next(out QueuedIoctl? queued).Should().Be(NextStep.Run);
        queued!.Header.uid.Should().Be(Greedy);
    }

    private static CuseWorker Worker() => new(new CuseCaller(null!, new RetryExchange(), new CuseCounters(), CuseTransfer.Auto, null));
}
