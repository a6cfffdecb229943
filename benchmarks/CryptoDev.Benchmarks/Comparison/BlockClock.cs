using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CryptoDev.Benchmarks.Comparison;

/// <summary>The clock that measures a block, in nanoseconds.</summary>
internal enum BlockClock
{
    /// <summary>Elapsed time. It includes waiting for a device or a kernel thread.</summary>
    Wall,

    /// <summary>
    /// The calling thread's processor time. For work that is done completely in this thread, it equals the elapsed time of a quiet machine,
    /// even on a busy one.
    /// </summary>
    Thread,
}

internal static unsafe partial class BlockClockReading
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    public static double Read(this BlockClock clock)
    {
        if (clock == BlockClock.Wall)
        {
            return Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency);
        }

        timespec now;
        if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        {
            throw new BenchmarkException($"The thread's processor time cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        return (now.tv_sec * 1e9) + now.tv_nsec;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, timespec* now);

    /// <summary>struct timespec of time.h on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
