using System.Collections.Concurrent;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class RentalPoolTests
{
    [Fact]
    public void One_thread_uses_one_context()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        for (int i = 0; i < 100; i++)
        {
            Context context = pool.Rent();
            context.Operations++;
            pool.Return(context);
        }

        made.Should().ContainSingle();
        pool.Statistics.Should().Be(new SessionStatistics(100, 0, 0));
    }

    [Fact]
    public void Rented_ones_are_all_different_and_come_back()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Context[] rented = [.. Enumerable.Range(0, 5).Select(_ => pool.Rent())];
        rented.Should().OnlyHaveUniqueItems();
        foreach (Context context in rented)
        {
            pool.Return(context);
        }

        Context[] again = [.. Enumerable.Range(0, 5).Select(_ => pool.Rent())];
        again.Should().BeEquivalentTo(rented);
        made.Should().HaveCount(5);
        foreach (Context context in again)
        {
            pool.Return(context);
        }
    }

    [Fact]
    public void A_discarded_one_is_gone_but_counted()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Context failed = pool.Rent();
        failed.Failures = 3;
        pool.Discard(failed);
        failed.Disposals.Should().Be(1);
        Context next = pool.Rent();
        next.Should().NotBeSameAs(failed);
        next.Bytes = 7;
        pool.Return(next);
        pool.Statistics.Should().Be(new SessionStatistics(0, 7, 3));
    }

    [Fact]
    public void Disposal_frees_the_idle_now_and_the_rented_on_return_each_once()
    {
        List<Context> made = [];
        RentalPool<Context> pool = Pool(made);
        Context home = pool.Rent();
        Context spare = pool.Rent();
        Context away = pool.Rent();
        pool.Return(home);
        pool.Return(spare);
        pool.Dispose();
        (home.Disposals, spare.Disposals, away.Disposals).Should().Be((1, 1, 0));
        pool.Return(away);
        away.Disposals.Should().Be(1);
        Action late = () => pool.Rent();
        late.Should().Throw<ObjectDisposedException>();
        pool.Dispose();
        made.Should().OnlyContain(context => context.Disposals == 1);
    }

    [Fact]
    public void The_home_context_out_at_disposal_is_freed_on_return()
    {
        List<Context> made = [];
        RentalPool<Context> pool = Pool(made);
        Context home = pool.Rent();
        pool.Dispose();
        home.Disposals.Should().Be(0);
        pool.Return(home);
        home.Disposals.Should().Be(1);
    }

    [Fact]
    public void No_two_threads_hold_one_context_and_none_is_lost_when_the_pool_dies_among_them()
    {
        for (int round = 0; round < 30; round++)
        {
            ConcurrentBag<Context> made = [];
            RentalPool<Context> pool = new(() =>
            {
                Context context = new();
                made.Add(context);
                return context;
            });
            int clashes = 0;
            Thread[] threads =
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(_ => new Thread(() =>
                    {
                        try
                        {
                            for (; ; )
                            {
                                Context context = pool.Rent();
                                if (Interlocked.Exchange(ref context.Holder, 1) != 0)
                                {
                                    Interlocked.Increment(ref clashes);
                                }
                                if (context.Disposals != 0)
                                {
                                    Interlocked.Increment(ref clashes);
                                }
                                Volatile.Write(ref context.Holder, 0);
                                pool.Return(context);
                            }
                        }
                        catch (ObjectDisposedException)
                        {
                            // The one way this loop may end.
                        }
                    })),
            ];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            Thread.Sleep(3);
            pool.Dispose();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            clashes.Should().Be(0, $"round {round}");
            made.Should().OnlyContain(context => context.Disposals == 1, $"round {round}: {made.Count} contexts");
        }
    }

    private static RentalPool<Context> Pool(List<Context> made) =>
        new(() =>
        {
            Context context = new();
            made.Add(context);
            return context;
        });

    private sealed class Context : RentedContext
    {
        public int Holder;
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public override void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
