using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CryptoDev.Conformance.Support;
using CryptoDev.Drivers;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers;

/// <summary>One thread, several threads and made-up threads on one pool, whose threadSlots the test holds.</summary>
public sealed class RentalPoolTests
{
    private long _now;

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

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void As_many_threads_as_processors_write_nothing_that_they_share(int processors)
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made, 2 * processors);
        int[] threadSlots = new int[processors];
        Context[] own = new Context[processors];

        // Once all at the same time, which is how they find their slots.
        RunAtOnce(pool, threadSlots, own);
        made.Should().HaveCount(processors);
        Context[] first = [.. own];
        long visits = pool.SharedVisits;
        Random order = new(processors);
        for (int i = 0; i < 20_000; i++)
        {
            // Anybody begins or ends an operation, whatever the others do.
            int thread = order.Next(processors);
            if (own[thread] is null)
            {
                own[thread] = pool.Rent(ref threadSlots[thread]);
                own[thread].Should().BeSameAs(first[thread], "nobody else writes what this thread writes");
                own[thread].Operations++;
            }
            else
            {
                pool.Return(own[thread], threadSlots[thread]);
                own[thread] = null!;
            }
        }

        (pool.SharedVisits - visits).Should().Be(0, "that is the number of shared writes of all these operations");
        threadSlots.Should().OnlyHaveUniqueItems();
        for (int i = 0; i < processors; i++)
        {
            if (own[i] is not null)
            {
                pool.Return(own[i], threadSlots[i]);
            }
        }
    }

    [Fact]
    public void Two_contexts_never_write_the_same_line_wherever_the_collector_puts_them()
    {
        RentedContext.OwnLines lines = default;
        long before = Unsafe.ByteOffset(
            ref Unsafe.As<RentedContext.OwnLines, byte>(ref lines),
            ref Unsafe.As<long, byte>(ref lines.Operations)
        );
        long end =
            Unsafe.ByteOffset(ref Unsafe.As<RentedContext.OwnLines, byte>(ref lines), ref Unsafe.As<int, byte>(ref lines.Slot))
            + sizeof(int);
        before.Should().BeGreaterThanOrEqualTo(RentedContext.Line);
        (Unsafe.SizeOf<RentedContext.OwnLines>() - end).Should().BeGreaterThanOrEqualTo(RentedContext.Line);
    }

    [Fact]
    public void More_threads_than_slots_still_get_a_context_each()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made, 4);
        int[] threadSlots = new int[50];
        Context[] own = new Context[50];
        RunAtOnce(pool, threadSlots, own);
        made.Should().HaveCount(50).And.OnlyHaveUniqueItems();
        made.Count(context => context.Disposals == 0).Should().Be(4 + IdleContextList<Context>.Fewest);
    }

    [Fact]
    public void A_thread_takes_what_is_idle_in_another_slot_before_it_makes_one()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made, 2);
        int[] threadSlots = new int[2];
        Context[] own = new Context[2];
        RunAtOnce(pool, threadSlots, own);
        int guest = threadSlots[0];
        Context mine = pool.Rent(ref threadSlots[0]);
        Context found = pool.Rent(ref guest);
        found.Should().NotBeSameAs(mine);
        made.Should().HaveCount(2);
        guest.Should().Be(threadSlots[1], "the thread stays where it found one");
        pool.Return(mine, threadSlots[0]);
        pool.Return(found, guest);
    }

    [Fact]
    public void A_burst_is_given_back_as_it_ends()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Context[] burst = [.. Enumerable.Range(0, 1000).Select(_ => pool.RentForLong())];
        burst.Should().OnlyHaveUniqueItems();
        int most = 0;
        for (int i = 0; i < burst.Length; i++)
        {
            pool.Return(burst[i]);
            int idle = made.Count(context => context.Disposals == 0) - (burst.Length - i - 1);
            most = Math.Max(most, idle - (burst.Length - i - 1));
        }

        made.Count(context => context.Disposals == 0).Should().Be(1 + IdleContextList<Context>.Fewest);
        most.Should().BeLessThanOrEqualTo(1 + IdleContextList<Context>.Fewest, "no more are idle than are out, but for a few");
        made.Should().OnlyContain(context => context.Disposals <= 1);
    }

    [Fact]
    public void What_a_steady_load_needs_is_not_made_again()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Random random = new(5);
        List<Context> held = [.. Enumerable.Range(0, 100).Select(_ => pool.RentForLong())];
        for (int i = 0; i < 10_000; i++)
        {
            // Between 60 and 100 at once.
            if (held.Count == 100 || (held.Count > 60 && random.Next(2) == 0))
            {
                pool.Return(held[^1]);
                held.RemoveAt(held.Count - 1);
            }
            else
            {
                held.Insert(random.Next(held.Count), pool.RentForLong());
            }
        }

        made.Should().HaveCount(100);
        held.ForEach(pool.Return);
    }

    [Fact]
    public void What_nobody_used_for_a_while_is_given_back_while_others_work()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made, 8);
        int[] threadSlots = new int[30];
        Context[] own = new Context[30];
        RunAtOnce(pool, threadSlots, own);
        made.Count(context => context.Disposals == 0).Should().Be(8 + IdleContextList<Context>.Fewest);
        for (int period = 0; period < 3; period++)
        {
            // Two go on, and the clock with them.
            _now += RentalPool<Context>.MillisecondsToReview;
            for (int i = 0; i <= RentalPool<Context>.OperationsToReview; i++)
            {
                UseOnce(pool, ref threadSlots[0]);
                UseOnce(pool, ref threadSlots[1]);
            }
        }

        made.Count(context => context.Disposals == 0).Should().Be(2);
        pool.Statistics.Operations.Should().Be(6 * (RentalPool<Context>.OperationsToReview + 1));
        UseOnce(pool, ref threadSlots[7]);
        made.Count(context => context.Disposals == 0).Should().Be(3, "whose slot was emptied gets a new context");
    }

    [Fact]
    public void A_review_that_finds_nothing_to_free_allocates_nothing()
    {
        using RentalPool<Context> pool = Pool([], 2);
        int[] threadSlots = new int[1];
        Allocation
            .Of(() =>
            {
                _now += RentalPool<Context>.MillisecondsToReview;
                for (int i = 0; i < RentalPool<Context>.OperationsToReview; i++)
                {
                    UseOnce(pool, ref threadSlots[0]);
                }
            })
            .Should()
            .Be(0, "an operation pays for the review");
    }

    [Fact]
    public void A_long_rental_takes_the_context_that_is_there_and_lays_it_back()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Context first = pool.Rent();
        pool.Return(first);
        Context held = pool.RentForLong();
        held.Should().BeSameAs(first);
        Context other = pool.Rent();
        other.Should().NotBeSameAs(first);
        pool.Return(held);
        pool.Return(other);
        pool.Rent().Should().BeSameAs(other, "it has the slot now");
        pool.RentForLong().Should().BeSameAs(first, "it lies on the shelf");
        made.Should().HaveCount(2);
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
    public void A_rental_returns_what_succeeded_and_destroys_the_rest()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        using (Rental<Context> rental = new(pool))
        {
            rental.Finish(5);
        }

        using (Rental<Context> rental = new(pool))
        {
            rental.Refuse();
        }

        using (Rental<Context> rental = new(pool))
        {
            rental.Spare();
        }

        made.Should().ContainSingle().Which.Disposals.Should().Be(0);
        Action failing = () =>
        {
            using Rental<Context> rental = new(pool);
            throw new InvalidOperationException();
        };
        failing.Should().Throw<InvalidOperationException>();
        made.Should().ContainSingle().Which.Disposals.Should().Be(1);
        pool.Statistics.Should().Be(new SessionStatistics(1, 5, 2));
    }

    [Fact]
    public void A_long_rental_ends_once()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        LongRental<Context> finished = new(pool);
        LongRental<Context> failed = new(pool);
        LongRental<Context> spared = new(pool);
        LongRental<Context> dropped = new(pool);
        Context[] contexts = [finished.Context, failed.Context, spared.Context, dropped.Context];
        finished.Finish(4);
        failed.Fail();
        spared.Spare();
        dropped.Dispose();
        foreach (LongRental<Context> one in new[] { finished, failed, spared, dropped })
        {
            one.Finish(1);
            one.Fail();
            one.Dispose();
        }

        contexts.Select(context => context.Disposals).Should().Equal(0, 1, 0, 1);
        pool.Statistics.Should().Be(new SessionStatistics(1, 4, 1));
    }

    [Fact]
    public void A_forgotten_long_rental_gives_its_context_back()
    {
        List<Context> made = [];
        using RentalPool<Context> pool = Pool(made);
        Forget(pool, 20);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        made.Should().HaveCount(20).And.OnlyContain(context => context.Disposals == 1);
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(RentalPool<Context> pool, int count)
        {
            for (int i = 0; i < count; i++)
            {
                _ = new LongRental<Context>(pool);
            }
        }
    }

    [Fact]
    public void Disposal_frees_the_idle_now_and_the_rented_on_return_each_once()
    {
        List<Context> made = [];
        RentalPool<Context> pool = Pool(made, 4);
        int[] threadSlots = new int[6];
        Context[] own = [.. threadSlots.Select((_, i) => pool.Rent(ref threadSlots[i]))];
        pool.Return(own[0], threadSlots[0]);
        pool.Return(own[5], threadSlots[5]);
        pool.Dispose();
        own.Select(context => context.Disposals).Should().Equal(1, 0, 0, 0, 0, 1);
        for (int i = 1; i < 5; i++)
        {
            pool.Return(own[i], threadSlots[i]);
            own[i].Disposals.Should().Be(1);
        }

        Action late = () => pool.Rent();
        late.Should().Throw<ObjectDisposedException>();
        Action lateForLong = () => pool.RentForLong();
        lateForLong.Should().Throw<ObjectDisposedException>();
        pool.Dispose();
        made.Should().OnlyContain(context => context.Disposals == 1);
    }

    [Fact]
    public void What_is_made_while_the_pool_ends_is_freed_on_return()
    {
        RentalPool<Context>? pool = null;
        List<Context> made = [];
        pool = new RentalPool<Context>(() =>
        {
            made.Add(new Context());
            pool!.Dispose();
            return made[^1];
        });
        Context late = pool.Rent();
        late.Disposals.Should().Be(0);
        pool.Return(late);
        late.Disposals.Should().Be(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_two_threads_hold_one_context_and_none_is_lost_when_the_pool_dies_among_them(int seed)
    {
        for (int round = 0; round < 12; round++)
        {
            Race(seed, round);
        }
    }

    private static void Race(int seed, int round)
    {
        ConcurrentBag<Context> made = [];
        RentalPool<Context> pool = new(
            () =>
            {
                Context context = new();
                made.Add(context);
                return context;
            },
            1 << (round % 4)
        );
        int clashes = 0;
        using CountdownEvent underWay = new(6);
        Task[] threads =
        [
            .. Enumerable
                .Range(0, 6)
                .Select(number =>
                    OwnThreads.Start(() =>
                    {
                        Random random = new((seed * 1000) + (round * 10) + number);
                        int left = random.Next(1, 100);
                        try
                        {
                            for (; ; )
                            {
                                bool forLong = random.Next(8) == 0;
                                Context context = forLong ? pool.RentForLong() : pool.Rent();
                                if (Interlocked.Exchange(ref context.Holder, 1) != 0 || context.Disposals != 0)
                                {
                                    Interlocked.Increment(ref clashes);
                                }

                                context.Operations++;
                                Thread.SpinWait(random.Next(20));
                                Volatile.Write(ref context.Holder, 0);
                                if (random.Next(16) == 0)
                                {
                                    pool.Discard(context);
                                }
                                else
                                {
                                    pool.Return(context);
                                }

                                if (--left == 0)
                                {
                                    underWay.Signal();
                                }
                            }
                        }
                        catch (ObjectDisposedException)
                        {
                            // The one way this loop may end.
                        }
                    })
                ),
        ];
        underWay.Wait(Patience.Span).Should().BeTrue($"seed {seed}, round {round}");
        pool.Dispose();
        Task.WaitAll(threads);

        clashes.Should().Be(0, $"seed {seed}, round {round}");
        made.Should().OnlyContain(context => context.Disposals == 1, $"seed {seed}, round {round}: {made.Count} contexts");
        pool.Statistics.Operations.Should().Be(made.Sum(context => context.Operations), $"seed {seed}, round {round}");
    }

    /// <summary>One operation of each thread, all under way at the same time.</summary>
    private static void RunAtOnce(RentalPool<Context> pool, int[] threadSlots, Context[] own)
    {
        for (int i = 0; i < threadSlots.Length; i++)
        {
            own[i] = pool.Rent(ref threadSlots[i]);
        }

        own.Should().OnlyHaveUniqueItems();
        for (int i = 0; i < threadSlots.Length; i++)
        {
            pool.Return(own[i], threadSlots[i]);
        }
    }

    private static void UseOnce(RentalPool<Context> pool, ref int threadSlot)
    {
        Context context = pool.Rent(ref threadSlot);
        context.Operations++;
        pool.Return(context, threadSlot);
    }

    private RentalPool<Context> Pool(List<Context> made, int mostSlots = 0) =>
        new(
            () =>
            {
                Context context = new();
                made.Add(context);
                return context;
            },
            mostSlots,
            () => _now
        );

    private sealed class Context : RentedContext
    {
        public int Holder;
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public override void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
