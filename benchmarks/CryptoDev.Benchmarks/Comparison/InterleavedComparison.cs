using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks.Comparison;

/// <summary>
/// Runs our side and a peer alternately in one process, in blocks of about equal duration. The order is swapped each time. Otherwise a
/// machine that slows down between the blocks would favour the side that is first.
/// </summary>
internal sealed class InterleavedComparison(ComparisonPlan plan, int blocks, TimeSpan blockTime, Action<string> progress) : IDisposable
{
    private readonly CryptoDevice _device = CryptoDevice.Open();
    private readonly List<Contest> _contests = [];

    /// <summary>The descriptions of our side and of the peer.</summary>
    public string Contenders =>
        string.Join(", ", _contests.Select(contest => contest.Ours.Description).Distinct())
        + " against "
        + string.Join(", ", _contests.Select(contest => contest.Peer.Description).Distinct());

    public IReadOnlyList<ComparisonRow> Run(IReadOnlyList<Operation> operations, IReadOnlyList<int> sizes)
    {
        foreach (Operation operation in operations)
        {
            byte[] key = Message.MakeKey(operation);
            _contests.Add(
                new Contest(operation, key, new SessionContender(_device, operation, key, plan.Policy), plan.OpenPeer(operation, key))
            );
        }

        progress("warming up");
        WarmUp(sizes[0]);
        List<ComparisonRow> rows = [];
        foreach (Contest contest in _contests)
        {
            foreach (int size in sizes)
            {
                progress($"{contest.Operation} {size}");
                rows.Add(Measure(contest, size));
            }
        }

        return rows;
    }

    public void Dispose()
    {
        foreach (Contest contest in _contests)
        {
            contest.Ours.Dispose();
            contest.Peer.Dispose();
        }

        _device.Dispose();
    }

    /// <summary>
    /// Runs until the JIT has nothing left to do. It uses the runtime's default settings, because users run with them. The JIT compiles
    /// tier 0, then instrumented code, then optimised code. Each step happens in the background after 30 calls and 100 ms without new code.
    /// All operations run in rotation, so that the profile of the shared code is a mixed one. Otherwise an operation could be measured with
    /// code that is optimised only for it.
    /// </summary>
    private void WarmUp(int size)
    {
        const int Steps = 5;
        const int CallsPerStep = 60;
        const int OperationsPerCall = 20;
        for (int step = 0; step < Steps; step++)
        {
            for (int call = 0; call < CallsPerStep; call++)
            {
                foreach (Contest contest in _contests)
                {
                    using Message message = new(contest.Operation, size, contest.Key);
                    contest.Ours.Run(message, OperationsPerCall);
                    contest.Peer.Run(message, OperationsPerCall);
                }
            }

            Thread.Sleep(300);
        }
    }

    private ComparisonRow Measure(Contest contest, int size)
    {
        using Message message = new(contest.Operation, size, contest.Key);
        CheckSameBytes(contest, message);
        long oursCount = Calibrate(contest.Ours, message);
        long peerCount = Calibrate(contest.Peer, message);

        double[] ours = new double[blocks];
        double[] peer = new double[blocks];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        contest.Ours.Run(message, oursCount);
        double bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)oursCount;
        for (int block = 0; block < blocks; block++)
        {
            if (block % 2 == 0)
            {
                ours[block] = Time(contest.Ours, message, oursCount);
                peer[block] = Time(contest.Peer, message, peerCount);
            }
            else
            {
                peer[block] = Time(contest.Peer, message, peerCount);
                ours[block] = Time(contest.Ours, message, oursCount);
            }
        }

        return ComparisonRow.Create(contest.Operation.Name, size, plan.Kind, plan.Target(contest.Operation, size), ours, peer, bytes);
    }

    /// <summary>
    /// The same work must give the same bytes. The output is filled with other bytes first, to detect a contender that wrote nothing.
    /// </summary>
    private static void CheckSameBytes(Contest contest, Message message)
    {
        message.Output.Fill(0x5A);
        contest.Ours.Run(message, 2);
        byte[] ours = message.Output.ToArray();
        message.Output.Fill(0xA5);
        contest.Peer.Run(message, 2);
        if (!message.Output.SequenceEqual(ours))
        {
            throw new BenchmarkException(
                $"{contest.Ours.Description} and {contest.Peer.Description} disagree on {contest.Operation} of {message.Length} "
                    + "bytes; nothing was measured."
            );
        }
    }

    /// <summary>Finds the number of operations that fill a block, from the fastest of three measurements.</summary>
    private long Calibrate(Contender contender, Message message)
    {
        long count = 1;
        while (true)
        {
            double best = double.MaxValue;
            for (int look = 0; look < 3; look++)
            {
                best = Math.Min(best, Time(contender, message, count));
            }

            double total = best * count / 1e6;
            if (total >= blockTime.TotalMilliseconds / 4)
            {
                return Math.Max(1, (long)(blockTime.TotalMilliseconds * 1e6 / best));
            }

            count *= 4;
        }
    }

    /// <summary>Nanoseconds per operation.</summary>
    private double Time(Contender contender, Message message, long count)
    {
        double start = plan.Clock.Read();
        contender.Run(message, count);
        return (plan.Clock.Read() - start) / count;
    }

    private sealed record Contest(Operation Operation, byte[] Key, Contender Ours, Contender Peer);
}
