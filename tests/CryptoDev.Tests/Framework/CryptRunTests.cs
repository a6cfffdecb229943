using System.Collections.Concurrent;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>A request is data and a run is another object: whatever becomes of one run, the request's next use is whole.</summary>
public sealed class CryptRunTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_request_is_data_alone() => typeof(CryptRequest).GetInterfaces().Should().BeEmpty();

    [Fact]
    public async Task A_cancelled_run_that_still_stands_in_a_queue_does_not_take_the_requests_next_use()
    {
        HoldingSession driver = new();
        using Session session = Over(driver);
        CryptRequest request = NewRequest();
        using CancellationTokenSource cancelled = new();
        ValueTask<int> first = session.ProcessAsync(request, cancelled.Token);
        await cancelled.CancelAsync();
        Func<Task> awaited = async () => await first;
        await awaited.Should().ThrowAsync<OperationCanceledException>();
        request.State.Should().Be(CryptRequestState.Failed);

        Task<int> second = session.ProcessAsync(request).AsTask();
        driver.Queue.Should().HaveCount(2).And.OnlyHaveUniqueItems();
        driver.Release(0);
        driver.Processed.Should().Be(0, "the stale run finds that it is over");
        request.State.Should().Be(CryptRequestState.Queued);
        driver.Release(1);
        (await second.WaitAsync(s_patience)).Should().Be(32);
        driver.Processed.Should().Be(1);
        request.State.Should().Be(CryptRequestState.Succeeded);
    }

    [Fact]
    public async Task A_result_is_taken_once()
    {
        HoldingSession driver = new();
        using Session session = Over(driver);
        ValueTask<int> run = session.ProcessAsync(NewRequest());
        FluentActions.Invoking(() => run.GetAwaiter().GetResult()).Should().Throw<InvalidOperationException>("it is not done");
        driver.Release(0);
        (await run).Should().Be(32);
        FluentActions.Invoking(() => run.GetAwaiter().GetResult()).Should().Throw<InvalidOperationException>("its version is gone");
    }

    [Fact]
    public async Task A_driver_that_does_not_take_a_run_makes_its_outcome()
    {
        HoldingSession driver = new() { Refusal = new CryptoDevException(5, "holding", "submit", "no room.") };
        using Session session = Over(driver);
        CryptRequest request = NewRequest();
        Func<Task> refused = async () => await session.ProcessAsync(request);
        await refused.Should().ThrowAsync<CryptoDevException>().WithMessage("*no room*");
        request.State.Should().Be(CryptRequestState.Failed);
        driver.Refusal = null;
        Task<int> again = session.ProcessAsync(request).AsTask();
        driver.Release(0);
        (await again.WaitAsync(s_patience)).Should().Be(32);
    }

    [Fact]
    public void A_callback_that_throws_is_called_once_and_reported_once_and_hurts_nobody()
    {
        ConcurrentQueue<(CryptRequest Request, Exception Thrown)> reports = [];
        int calls = 0;
        CryptRequest request = NewRequest();
        request.Completed = _ =>
        {
            calls++;
            throw new FormatException("the callback's own");
        };
        void Report(CryptRequest one, Exception thrown)
        {
            if (ReferenceEquals(one, request))
            {
                reports.Enqueue((one, thrown));
                throw new InvalidTimeZoneException("a handler's own");
            }
        }

        CryptRequest.CallbackFailed += Report;
        try
        {
            HoldingSession driver = new();
            using Session session = Over(driver);
            session.Submit(request);
            driver.Release(0);
            calls.Should().Be(1);
            reports.Should().ContainSingle().Which.Thrown.Should().BeOfType<FormatException>();
            (request.State, request.BytesWritten, request.Error).Should().Be((CryptRequestState.Succeeded, 32, null));

            int good = 0;
            request.Completed = _ => good++;
            session.Submit(request);
            driver.Release(1);
            (calls, good).Should().Be((1, 1));
            reports.Should().ContainSingle();
        }
        finally
        {
            CryptRequest.CallbackFailed -= Report;
        }
    }

    [Fact]
    public void A_callback_may_use_its_request_again()
    {
        HoldingSession driver = new();
        using Session session = Over(driver);
        CryptRequest request = NewRequest();
        int calls = 0;
        request.Completed = again =>
        {
            if (++calls < 3)
            {
                session.Submit(again);
            }
        };
        session.Submit(request);
        for (int i = 0; i < 3; i++)
        {
            driver.Release(i);
        }

        (calls, driver.Processed).Should().Be((3, 3));
    }

    [Fact]
    public async Task Many_threads_cancel_and_use_again_and_dispose()
    {
        using CryptoDevice device = CryptoDevice.Open();
        byte[] message = new byte[64];
        byte[] expected = SHA256.HashData(message);
        Session shared = Open();
        ConcurrentDictionary<string, int> outcomes = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() => Work(thread)))).WaitAsync(s_patience);
        shared.Dispose();
        outcomes
            .Keys.Should()
            .BeSubsetOf(["done", nameof(TaskCanceledException), nameof(OperationCanceledException), nameof(ObjectDisposedException)]);
        outcomes.Should().ContainKey("done");

        Session Open() => device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.SoftwareOnly);

        async Task Work(int thread)
        {
            Random random = new(thread);
            CryptRequest request = new()
            {
                Source = message,
                Tag = new byte[32],
                TagAction = TagAction.Compute,
            };
            for (int round = 0; round < 1500; round++)
            {
                using CancellationTokenSource source = new();
                request.Tag.Span.Clear();
                try
                {
                    ValueTask<int> run = Volatile.Read(ref shared).ProcessAsync(request, source.Token);
                    if (random.Next(2) == 0)
                    {
                        source.Cancel();
                    }

                    (await run).Should().Be(32);
                    request.Tag.Span.SequenceEqual(expected).Should().BeTrue("a run that is done has written its own tag");
                    outcomes.AddOrUpdate("done", 1, (_, count) => count + 1);
                }
                catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
                {
                    outcomes.AddOrUpdate(error.GetType().Name, 1, (_, count) => count + 1);
                }

                request.State.Should().NotBe(CryptRequestState.Queued).And.NotBe(CryptRequestState.Running);
                if (random.Next(100) == 0)
                {
                    Interlocked.Exchange(ref shared, Open()).Dispose();
                }
            }
        }
    }

    private static CryptRequest NewRequest() =>
        new()
        {
            Source = new byte[1],
            Tag = new byte[32],
            TagAction = TagAction.Compute,
        };

    private static Session Over(DriverSession driver) => SessionTests.Over(driver, SessionParameters.Digest(CryptoAlgorithm.Sha256));

    /// <summary>A driver whose queue the test empties.</summary>
    private sealed class HoldingSession : DriverSession
    {
        public List<CryptRun> Queue { get; } = [];

        public int Processed { get; private set; }

        public Exception? Refusal { get; set; }

        public override SessionDriver Driver { get; } = new() { Name = "holding", Kind = DriverKind.Generic };

        public override long MaxMessageLength => 1 << 20;

        public override SessionStatistics Statistics => default;

        public void Release(int index) => ((IThreadPoolWorkItem)Queue[index]).Execute();

        public override int Process(in CryptOp op)
        {
            Processed++;
            return op.Tag.Length;
        }

        public override void Submit(CryptRun run)
        {
            if (Refusal is not null)
            {
                throw Refusal;
            }

            Queue.Add(run);
        }

        public override DigestState BeginDigest() => throw new InvalidOperationException("None.");

        public override void Dispose()
        {
            // Nothing is held.
        }
    }
}
