namespace CryptoDev.Benchmarks.Comparison;

/// <summary>
/// One operation at one size: the medians of both sides in nanoseconds per operation, and the ratios of neighbouring blocks.
/// </summary>
internal sealed record ComparisonRow
{
    public required string Operation { get; init; }

    public required int Size { get; init; }

    public required double OursNanoseconds { get; init; }

    public required double PeerNanoseconds { get; init; }

    /// <summary>The ratio of the two medians.</summary>
    public required double RatioOfMedians { get; init; }

    /// <summary>
    /// The median of the ratios of neighbouring blocks. A disturbance that affects both blocks cancels out. This ratio is compared with the
    /// promise.
    /// </summary>
    public required double MedianRatio { get; init; }

    /// <summary>A quarter of the blocks had a ratio below this.</summary>
    public required double LowerQuartile { get; init; }

    /// <summary>A quarter of the blocks had a ratio above this.</summary>
    public required double UpperQuartile { get; init; }

    /// <summary>Managed bytes that our side allocates per operation.</summary>
    public required double BytesAllocated { get; init; }

    public required double? Target { get; init; }

    public required bool? Met { get; init; }

    public static ComparisonRow Create(
        string operation,
        int size,
        RatioKind kind,
        double? target,
        double[] ours,
        double[] peer,
        double bytesAllocated
    )
    {
        double[] ratios = [.. ours.Zip(peer, (own, other) => Ratio(kind, own, other)).Order()];
        double median = Quantile(ratios, 0.5);
        double oursMedian = Quantile([.. ours.Order()], 0.5);
        double peerMedian = Quantile([.. peer.Order()], 0.5);
        return new ComparisonRow
        {
            Operation = operation,
            Size = size,
            OursNanoseconds = oursMedian,
            PeerNanoseconds = peerMedian,
            RatioOfMedians = Ratio(kind, oursMedian, peerMedian),
            MedianRatio = median,
            LowerQuartile = Quantile(ratios, 0.25),
            UpperQuartile = Quantile(ratios, 0.75),
            BytesAllocated = bytesAllocated,
            Target = target,
            Met = target is { } promised ? (kind == RatioKind.Speed ? median >= promised : median <= promised) : null,
        };
    }

    private static double Ratio(RatioKind kind, double ours, double peer) => kind == RatioKind.Speed ? peer / ours : ours / peer;

    /// <summary>The value at that fraction of the sorted values.</summary>
    internal static double Quantile(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }
}
