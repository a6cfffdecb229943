using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace CryptoDev.Conformance.Support;

/// <summary>
/// How long a test waits for what must come: five minutes on an idle machine, longer by how slow this one is. A bound for what hangs, and
/// no measure of speed: no test waits this long for a right answer.
/// </summary>
internal static class Patience
{
    /// <summary>What the piece of work takes on an idle machine of the kind that the bound was found on.</summary>
    private const double PieceMilliseconds = 100;

    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(5);

    /// <summary>How many times slower this machine is than an idle one: measured here, or said by the lab, if that is more.</summary>
    public static double Factor { get; } = FactorOf(Environment.GetEnvironmentVariable("CRYPTODEV_TIME_FACTOR"), Measure());

    /// <summary>The bound.</summary>
    public static TimeSpan Span { get; } = s_idle * Factor;

    /// <summary>The bound for what takes an integer.</summary>
    public static int Milliseconds { get; } = (int)Math.Min(Span.TotalMilliseconds, int.MaxValue);

    /// <summary>The greater of a given factor, where it is a number, and a measured one; never less than 1.</summary>
    public static double FactorOf(string? given, double measured) =>
        Math.Clamp(
            double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double said) ? Math.Max(said, measured) : measured,
            1,
            1000
        );

    private static double Measure()
    {
        Stopwatch taken = Stopwatch.StartNew();
        GC.KeepAlive(PieceOfWork());
        return taken.Elapsed.TotalMilliseconds / PieceMilliseconds;
    }

    /// <summary>Compiled at once for good, so that it takes as long in every process.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong PieceOfWork()
    {
        ulong state = 1;
        for (int i = 0; i < 80_000_000; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
        }

        return state;
    }
}
