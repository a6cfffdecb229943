using CryptoDev.Benchmarks.Comparison;

namespace CryptoDev.Benchmarks;

/// <summary>Runs our side and a peer alternately. The order is swapped each time.</summary>
internal sealed class PowerComparison(PowerPlan plan) : IDisposable
{
    /// <summary>The minimum duration of a block in milliseconds.</summary>
    private const double BlockMilliseconds = 10;

    private readonly KeyOpContender _ours = new(plan.Policy);
    private readonly PowerContender _peer = plan.OpenPeer();

    public string Contenders => $"{_ours.Description} against {_peer.Description}";

    public ComparisonRow Measure(int bits)
    {
        PowerNumbers numbers = new(bits);
        CheckSameResult(numbers);
        long oursCount = Calibrate(_ours, numbers);
        long peerCount = Calibrate(_peer, numbers);
        double[] ours = new double[PowerPlan.Blocks];
        double[] peer = new double[PowerPlan.Blocks];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        _ours.Run(numbers, oursCount);
        double bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)oursCount;
        for (int block = 0; block < PowerPlan.Blocks; block++)
        {
            if (block % 2 == 0)
            {
                ours[block] = Time(_ours, numbers, oursCount);
                peer[block] = Time(_peer, numbers, peerCount);
            }
            else
            {
                peer[block] = Time(_peer, numbers, peerCount);
                ours[block] = Time(_ours, numbers, oursCount);
            }
        }

        return ComparisonRow.Create("power", bits, plan.Kind, plan.Target(bits), ours, peer, bytes);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _peer.Dispose();
    }

    private void CheckSameResult(PowerNumbers numbers)
    {
        _ours.Run(numbers, 1);
        byte[] ours = [.. numbers.Result];
        numbers.Result.AsSpan().Fill(0xA5);
        _peer.Run(numbers, 1);
        if (!numbers.Result.AsSpan().SequenceEqual(ours))
        {
            throw new BenchmarkException($"{_ours.Description} and {_peer.Description} disagree; nothing was measured.");
        }
    }

    /// <summary>Finds the number of operations that fill a block. The first measurements also warm the code up.</summary>
    private long Calibrate(PowerContender contender, PowerNumbers numbers)
    {
        for (long count = 1; ; count *= 2)
        {
            double best = Enumerable.Range(0, 5).Min(_ => Time(contender, numbers, count)) * count / 1e6;
            if (best >= BlockMilliseconds)
            {
                return count;
            }
        }
    }

    /// <summary>Nanoseconds per operation.</summary>
    private double Time(PowerContender contender, PowerNumbers numbers, long count)
    {
        double start = plan.Clock.Read();
        contender.Run(numbers, count);
        return (plan.Clock.Read() - start) / count;
    }
}
