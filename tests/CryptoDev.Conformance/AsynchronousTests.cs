using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>ProcessAsync, Submit, cancellation and the reuse of requests.</summary>
public sealed class AsynchronousTests
{
    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public async Task Awaited_requests_give_the_bytes_and_can_be_used_again(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        CryptRequest request = new() { Cookie = subject };
        byte[] iv = subject.Iv(random);
        for (int i = 0; i < 10; i++)
        {
            byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 16 + (i * 31)));
            byte[] expected = subject.Seal(message, iv);
            byte[] output = new byte[expected.Length];
            (request.Source, request.Destination, request.Iv) = (message, output, iv);
            int written = await subject.Session.ProcessAsync(request);
            written.Should().Be(expected.Length);
            Check.Same(expected, output, $"{subject}, request {i}, seed {random.Seed}");
            request.State.Should().Be(CryptRequestState.Succeeded);
            request.BytesWritten.Should().Be(written);
            request.Error.Should().BeNull();
            request.Cookie.Should().BeSameAs(subject);
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.RungsWithGcm), MemberType = typeof(TargetData))]
    public async Task Many_submitted_requests_all_complete_once(string driver)
    {
        const int Requests = 200;
        Seeded random = new();
        using Subject subject = Subject.Open(driver, "aes-gcm", random);
        byte[] iv = subject.Iv(random);
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int[] completions = new int[Requests];
        int left = Requests;
        CryptRequest[] requests =
        [
            .. Enumerable
                .Range(0, Requests)
                .Select(i => new CryptRequest
                {
                    Source = random.Bytes(i * 7),
                    Destination = new byte[(i * 7) + 16],
                    Iv = iv,
                    Cookie = i,
                    Completed = request =>
                    {
                        Interlocked.Increment(ref completions[(int)request.Cookie!]);
                        if (Interlocked.Decrement(ref left) == 0)
                        {
                            all.SetResult();
                        }
                    },
                }),
        ];
        foreach (CryptRequest request in requests)
        {
            subject.Session.Submit(request);
        }

        await all.Task.WaitAsync(Patience.Span);
        completions.Should().OnlyContain(count => count == 1);
        foreach (CryptRequest request in requests)
        {
            request.State.Should().Be(CryptRequestState.Succeeded);
            Check.Same(
                subject.Seal(request.Source.Span.ToArray(), iv),
                request.Destination.Span,
                $"{subject}, request {request.Cookie}, seed {random.Seed}"
            );
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.RungsWithGcm), MemberType = typeof(TargetData))]
    public async Task A_failing_request_tells_why_at_await_and_in_the_callback_and_can_be_used_again(string driver)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, "aes-gcm", random);
        byte[] iv = subject.Iv(random);
        byte[] sealedBytes = subject.Seal(random.Bytes(20), iv);
        byte[] wrong = [.. sealedBytes];
        wrong[3] ^= 1;
        CryptRequest request = new()
        {
            Direction = CryptDirection.Decrypt,
            Source = wrong,
            Destination = new byte[20],
            Iv = iv,
        };
        await Check.ThrowsAsync<AuthenticationTagMismatchException>($"{subject}", async () => await subject.Session.ProcessAsync(request));
        request.State.Should().Be(CryptRequestState.Failed);
        request.Error.Should().BeOfType<AuthenticationTagMismatchException>();
        Check.Zero(request.Destination.Span, $"{subject}: plaintext was left");

        TaskCompletionSource<Exception?> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        request.Completed = done => told.SetResult(done.Error);
        subject.Session.Submit(request);
        (await told.Task.WaitAsync(Patience.Span)).Should().BeOfType<AuthenticationTagMismatchException>();

        request.Source = sealedBytes;
        (await subject.Session.ProcessAsync(request)).Should().Be(20);
        request.Error.Should().BeNull("the failure belongs to the run before");

        request.Iv = new byte[5];
        await Check.ThrowsAsync<ArgumentException>($"{subject}, wrong nonce", async () => await subject.Session.ProcessAsync(request));
    }

    [Theory]
    [MemberData(nameof(TargetData.Rungs), MemberType = typeof(TargetData))]
    public async Task Cancelling_before_the_start_leaves_everything_untouched(string driver)
    {
        using Subject subject = Subject.Open(driver, "aes-cbc", new Seeded());
        byte[] output = new byte[16];
        CryptRequest request = new()
        {
            Source = new byte[16],
            Destination = output,
            Iv = new byte[16],
        };
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Check.ThrowsAsync<OperationCanceledException>(
            $"{subject}",
            async () => await subject.Session.ProcessAsync(request, cancelled.Token)
        );
        Check.Zero(output, $"{subject}: cancelled before it was handed over");
        request.State.Should().Be(CryptRequestState.Idle);

        // Queued behind workers that all wait: cancelled there, it must not run when they go on. A driver whose device takes requests has
        // started it, and then it is done.
        ManualResetEventSlim go = new();
        try
        {
            ThreadPool.GetMinThreads(out int workers, out _);
            int blockers = Math.Max(workers, Environment.ProcessorCount) * 8;
            for (int i = 0; i < blockers; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => go.Wait(), null);
            }

            using CancellationTokenSource later = new();
            ValueTask<int> queued = subject.Session.ProcessAsync(request, later.Token);
            bool waits = request.State == CryptRequestState.Queued;
            (waits || driver.Split(':')[0] == Targets.DevCrypto).Should().BeTrue("only a device takes requests at once");
            if (waits)
            {
                Check.Throws<InvalidOperationException>($"{subject}, submitted twice", () => subject.Session.Submit(request));
            }

            later.Cancel();
            go.Set();
            if (waits)
            {
                OperationCanceledException thrown = await Check.ThrowsAsync<OperationCanceledException>(
                    $"{subject}, queued",
                    async () => await queued
                );
                thrown.CancellationToken.Should().Be(later.Token);
                Check.Zero(output, $"{subject}: ran although it was cancelled");
            }
            else
            {
                (await queued).Should().Be(16, "what has started ends");
            }
        }
        finally
        {
            // Not disposed: workers may still be on their way out of it.
            go.Set();
        }

        (await subject.Session.ProcessAsync(request)).Should().Be(16, "a cancelled request may be used again");
        using CancellationTokenSource tooLate = new();
        byte[] done = [.. output];
        (await subject.Session.ProcessAsync(request, tooLate.Token)).Should().Be(16);
        await tooLate.CancelAsync();
        request.State.Should().Be(CryptRequestState.Succeeded, "cancelling what is done changes nothing");
        Check.Same(done, output, $"{subject}");
    }
}
