using CryptoDev.Cli.Serve;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>What a server says, and how it ends, where nobody reads.</summary>
public sealed class LineQueueTests
{
    private static readonly TimeSpan s_patience = Patience.Span;

    [Fact]
    public void Who_adds_never_waits_and_what_is_dropped_is_told()
    {
        using StuckWriter output = new();
        LineQueue lines = new(output);
        const int Lines = 3 * LineQueue.Most;
        for (int i = 0; i < Lines; i++)
        {
            lines.Add($"line {i}");
        }

        lines.Finish(TimeSpan.Zero).Should().BeFalse("the stream is full");
        output.Release();
        lines.Finish(s_patience).Should().BeTrue();
        string[] written = output.Text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        int[] kept = [.. written.Where(line => line.StartsWith("line ", StringComparison.Ordinal)).Select(line => int.Parse(line[5..]))];
        kept.Length.Should().BeInRange(LineQueue.Most - 2, LineQueue.Most + 1);
        kept.Should().BeInAscendingOrder();
        written
            .Where(line => line.EndsWith("lines dropped: whoever reads them is too slow", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split(' ')[1]))
            .Should()
            .Be(Lines - kept.Length, "what is not there is told");
    }

    [Fact]
    public void The_end_that_takes_too_long_is_cut_short()
    {
        using ManualResetEventSlim left = new();
        int exitCode = -1;
        ExitWatchdog last = new(
            TimeSpan.FromMilliseconds(1),
            code =>
            {
                exitCode = code;
                left.Set();
            }
        );
        last.Failed(4);
        left.Wait(50).Should().BeFalse("the end has not begun");
        last.Begin();
        left.Wait(s_patience).Should().BeTrue();
        exitCode.Should().Be(4);
    }

    [Fact]
    public void Memory_is_given_back_once_after_a_peak()
    {
        long held = 0;
        long resident = 50 << 20;
        int trims = 0;
        using MemoryTrimmer trim = new(
            () => Holding(Volatile.Read(ref held)),
            () => Volatile.Read(ref resident),
            () =>
            {
                trims++;
                Volatile.Write(ref resident, 60 << 20);
            }
        );
        trim.Look();
        Volatile.Write(ref held, 500L << 20);
        Volatile.Write(ref resident, 550L << 20);
        trim.Look();
        trims.Should().Be(0, "clients hold it");
        Volatile.Write(ref held, 0);
        trim.Look();
        trim.Look();
        trims.Should().Be(1);
    }

    private static EmulatorStatistics Holding(long bytes) =>
        new()
        {
            OpenFiles = 0,
            Opens = 0,
            OpenSessions = 0,
            Sessions = 0,
            RequestsInFlight = 0,
            BytesInFlight = bytes,
            KeyOperationsRunning = 0,
            KeyOperationsWaiting = 0,
            Bytes = 0,
            Errors = 0,
            Ioctls = new Dictionary<string, long>(),
            Drivers = new Dictionary<string, long>(),
        };

    private sealed class StuckWriter : StringWriter
    {
        private readonly ManualResetEventSlim _released = new();

        public string Text => ToString();

        public void Release() => _released.Set();

        public override void WriteLine(string? value)
        {
            _released.Wait();
            base.WriteLine(value);
        }
    }
}
