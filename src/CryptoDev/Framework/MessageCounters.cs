using System.Numerics;
using System.Runtime.InteropServices;

namespace CryptoDev.Framework;

/// <summary>A session whose driver's counts are corrected, so that each message counts once.</summary>
internal interface ICountingSession
{
    /// <summary>The corrections.</summary>
    MessageCounters Counters { get; }
}

/// <summary>
/// Counters of messages that no single driver session counts correctly: composed messages, and corrections of the drivers' counts. Each
/// processor has a cache line of its own.
/// </summary>
internal sealed class MessageCounters
{
    private const int MostCells = 64;

    private static readonly int s_cells = Math.Min(MostCells, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    /// <summary>Created when first needed, because the driver alone counts the messages of most sessions.</summary>
    private Cell[]? _cells;

    public SessionStatistics Sum
    {
        get
        {
            SessionStatistics sum = default;
            foreach (ref Cell cell in Volatile.Read(ref _cells).AsSpan())
            {
                sum += new SessionStatistics(
                    Interlocked.Read(ref cell.Operations),
                    Interlocked.Read(ref cell.Bytes),
                    Interlocked.Read(ref cell.Failures)
                );
            }

            return sum;
        }
    }

    /// <summary>Adds to the counters. A negative number subtracts what a driver counted more than once.</summary>
    public void Add(long operations, long bytes, long failures)
    {
        Cell[] cells = Volatile.Read(ref _cells) ?? Interlocked.CompareExchange(ref _cells, new Cell[s_cells], null) ?? _cells;
        ref Cell cell = ref cells[Thread.GetCurrentProcessorId() & (cells.Length - 1)];
        if (operations != 0)
        {
            Interlocked.Add(ref cell.Operations, operations);
        }

        if (bytes != 0)
        {
            Interlocked.Add(ref cell.Bytes, bytes);
        }

        if (failures != 0)
        {
            Interlocked.Add(ref cell.Failures, failures);
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Cell
    {
        public long Operations;
        public long Bytes;
        public long Failures;
    }
}
