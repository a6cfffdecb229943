using System.Runtime.InteropServices;

namespace CryptoDev.Drivers;

/// <summary>
/// A context that a session rents for one operation. Its counters are plain fields, because only one thread at a time holds it. The fields
/// that each operation writes are on cache lines of their own, so two threads with two contexts never write the same line.
/// </summary>
internal abstract class RentedContext : IDisposable
{
    /// <summary>Two cache lines of 64 bytes, because processors fetch lines in pairs.</summary>
    internal const int Line = 128;

    /// <summary>The value of <see cref="Slot"/> for a context that is in no slot.</summary>
    internal const int NoSlot = -1;

    private OwnLines _own = new() { Rented = 1, Slot = NoSlot };

    /// <summary>Operations that succeeded.</summary>
    public ref long Operations => ref _own.Operations;

    /// <summary>Bytes of successful operations.</summary>
    public ref long Bytes => ref _own.Bytes;

    /// <summary>Operations that failed.</summary>
    public ref long Failures => ref _own.Failures;

    /// <summary>
    /// Not 0 while a thread holds the context. Only a context in a slot becomes free through this word. The others are free while they are
    /// on the shelf.
    /// </summary>
    internal ref int Rented => ref _own.Rented;

    /// <summary>The slot it belongs to. Only its holder changes this, under the pool's lock.</summary>
    internal ref int Slot => ref _own.Slot;

    /// <summary>The number of operations at the last review of the pool; -1 before the first review.</summary>
    internal long DoneAtReview { get; set; } = -1;

    /// <summary>Its counters. The holder may be changing them.</summary>
    internal SessionStatistics Counters =>
        new(Volatile.Read(ref _own.Operations), Volatile.Read(ref _own.Bytes), Volatile.Read(ref _own.Failures));

    /// <summary>Whether it did anything since the last call.</summary>
    internal bool WasUsed()
    {
        SessionStatistics now = Counters;
        long done = now.Operations + now.Failures;
        bool used = done != DoneAtReview;
        DoneAtReview = done;
        return used;
    }

    public abstract void Dispose();

    /// <summary>Padding before and after, because the garbage collector may put any object next to this one.</summary>
    [StructLayout(LayoutKind.Explicit, Size = (2 * Line) + 32)]
    internal struct OwnLines
    {
        [FieldOffset(Line)]
        public long Operations;

        [FieldOffset(Line + 8)]
        public long Bytes;

        [FieldOffset(Line + 16)]
        public long Failures;

        [FieldOffset(Line + 24)]
        public int Rented;

        [FieldOffset(Line + 28)]
        public int Slot;
    }
}
