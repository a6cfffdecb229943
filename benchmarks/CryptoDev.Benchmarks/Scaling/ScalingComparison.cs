using CryptoDev.Benchmarks.Comparison;
using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks.Scaling;

/// <summary>One side at one size.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Size">The length of a message in bytes.</param>
/// <param name="Side">The name of the side.</param>
/// <param name="Nanoseconds">The median time of an operation with one thread.</param>
/// <param name="Scaling">The work of all threads divided by the work of one thread in the same time: the median of the blocks.</param>
/// <param name="LowerQuartile">A quarter of the blocks had less.</param>
/// <param name="UpperQuartile">A quarter of the blocks had more.</param>
internal sealed record ScalingRow(
    Operation Operation,
    int Size,
    string Side,
    double Nanoseconds,
    double Scaling,
    double LowerQuartile,
    double UpperQuartile
);

/// <summary>
/// Measures how much more work several threads do than one. Each side runs alternately with one thread and with all threads. The blocks are
/// measured by elapsed time and are so short that most of them are not interrupted.
/// </summary>
internal sealed class ScalingComparison(int threads, int blocks, TimeSpan blockTime, Action<string> progress) : IDisposable
{
    private const int WarmUpRounds = 6;
    private const int WarmUpOperations = 4000;

    private readonly CryptoDevice _device = CryptoDevice.Open();
    private readonly ThreadTeam _team = new(threads);

    public IReadOnlyList<ScalingRow> Run(IReadOnlyList<Operation> operations, IReadOnlyList<int> sizes)
    {
        List<ScalingRow> rows = [];
        List<(Operation Operation, byte[] Key, ScalingSide[] Sides)> contests = [];
        foreach (Operation operation in operations)
        {
            byte[] key = Message.MakeKey(operation);
            contests.Add(
                (
                    operation,
                    key,
                    [
                        ScalingSide.OneSession(_device, operation, key, threads),
                        ScalingSide.SessionPerThread(_device, operation, key, threads),
                        ScalingSide.FrameworkPerThread(operation, key, threads),
                    ]
                )
            );
        }

        // Warm all of them up before any is measured, as in the ratio comparison.
        progress("warming up");
        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach ((Operation operation, byte[] key, ScalingSide[] sides) in contests)
            {
                Message[] messages = MakeMessages(operation, sizes[0], key);
                foreach (ScalingSide side in sides)
                {
                    Time(side, messages, threads, WarmUpOperations);
                }

                Dispose(messages);
            }

            Thread.Sleep(300);
        }

        foreach ((Operation operation, byte[] key, ScalingSide[] sides) in contests)
        {
            foreach (int size in sizes)
            {
                progress($"{operation} {size}");
                rows.AddRange(Measure(operation, key, sides, size));
            }

            Array.ForEach(sides, side => side.Dispose());
        }

        return rows;
    }

    public void Dispose()
    {
        _team.Dispose();
        _device.Dispose();
    }

    private IEnumerable<ScalingRow> Measure(Operation operation, byte[] key, ScalingSide[] sides, int size)
    {
        Message[] messages = MakeMessages(operation, size, key);
        long[] counts = [.. sides.Select(side => Calibrate(side, messages))];
        double[][] alone = [.. sides.Select(_ => new double[blocks])];
        double[][] together = [.. sides.Select(_ => new double[blocks])];
        for (int block = 0; block < blocks; block++)
        {
            for (int turn = 0; turn < sides.Length; turn++)
            {
                int side = (turn + block) % sides.Length;
                if (block % 2 == 0)
                {
                    alone[side][block] = Time(sides[side], messages, 1, counts[side]);
                }

                together[side][block] = Time(sides[side], messages, threads, counts[side]);
                if (block % 2 != 0)
                {
                    alone[side][block] = Time(sides[side], messages, 1, counts[side]);
                }
            }
        }

        Dispose(messages);
        for (int side = 0; side < sides.Length; side++)
        {
            double[] scaling = [.. alone[side].Zip(together[side], (one, all) => threads * one / all).Order()];
            yield return new ScalingRow(
                operation,
                size,
                sides[side].Name,
                ComparisonRow.Quantile([.. alone[side].Order()], 0.5) / counts[side],
                ComparisonRow.Quantile(scaling, 0.5),
                ComparisonRow.Quantile(scaling, 0.25),
                ComparisonRow.Quantile(scaling, 0.75)
            );
        }
    }

    private long Calibrate(ScalingSide side, Message[] messages)
    {
        const int Trial = 2000;
        double best = Enumerable.Range(0, 5).Min(_ => Time(side, messages, 1, Trial)) / Trial;
        return Math.Max(1, (long)(blockTime.TotalMilliseconds * 1e6 / best));
    }

    private double Time(ScalingSide side, Message[] messages, int members, long count) =>
        _team.Time(members, number => side.PerThread[number].Run(messages[number], count));

    private Message[] MakeMessages(Operation operation, int size, byte[] key) =>
        [.. Enumerable.Range(0, threads).Select(_ => new Message(operation, size, key))];

    private static void Dispose(Message[] messages) => Array.ForEach(messages, message => message.Dispose());
}
