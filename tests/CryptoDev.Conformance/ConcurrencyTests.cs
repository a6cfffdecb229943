using System.Collections.Concurrent;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>Many threads on one session.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 16;
    private const int Distinct = 40;

    // A guest has one processor, so its threads only take turns; more of that shows nothing.
    private static int MessagesPerThread =>
        Targets.IsEmulated ? 100
        : Targets.InLab && !Targets.Long ? 200
        : 500;

    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void Sixteen_threads_get_their_own_results(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        bool turnsBack = subject.Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead;
        (byte[] Message, byte[] Iv, byte[] Sealed)[] known =
        [
            .. Enumerable
                .Range(0, Distinct)
                .Select(_ =>
                {
                    byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, random.Length(2000)));
                    byte[] iv = subject.Iv(random);
                    return (message, iv, subject.Seal(message, iv));
                }),
        ];
        SessionStatistics before = subject.Session.Statistics;
        ConcurrentQueue<string> wrong = new();
        using Barrier start = new(Threads);
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(number => new Thread(() =>
                {
                    try
                    {
                        Random order = new(random.Seed + number);
                        start.SignalAndWait();
                        for (int i = 0; i < MessagesPerThread; i++)
                        {
                            (byte[] message, byte[] iv, byte[] expected) = known[order.Next(Distinct)];
                            bool open = turnsBack && order.Next(2) == 0;
                            Check.Same(
                                open ? message : expected,
                                open ? subject.Open(expected, iv) : subject.Seal(message, iv),
                                $"{subject}, thread {number}, message {i}, seed {random.Seed}"
                            );
                        }
                    }
                    catch (Exception error)
                    {
                        wrong.Enqueue(error.Message);
                    }
                })),
        ];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        wrong.Should().BeEmpty();
        SessionStatistics after = subject.Session.Statistics;
        (after.Operations - before.Operations).Should().Be(Threads * MessagesPerThread, "every message is counted once");
        after.Failures.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(TargetData.Rungs), MemberType = typeof(TargetData))]
    public void A_session_disposed_under_way_ends_cleanly(string driver)
    {
        for (int round = 0; round < (Targets.IsEmulated ? 5 : 20); round++)
        {
            Subject subject = Subject.Open(driver, "aes-cbc", new Seeded());
            byte[] message = new byte[256];
            byte[] iv = new byte[16];
            byte[] expected = subject.Seal(message, iv);
            ConcurrentQueue<Exception> unexpected = new();
            using Barrier start = new(5);
            Thread[] threads =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ => new Thread(() =>
                    {
                        start.SignalAndWait();
                        try
                        {
                            for (; ; )
                            {
                                Check.Same(expected, subject.Seal(message, iv), $"{subject}, while it is being disposed");
                            }
                        }
                        catch (ObjectDisposedException)
                        {
                            // The one way this loop may end.
                        }
                        catch (Exception error)
                        {
                            unexpected.Enqueue(error);
                        }
                    })),
            ];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            start.SignalAndWait();
            Thread.Sleep(2);
            subject.Dispose();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            unexpected.Should().BeEmpty();
        }
    }
}
