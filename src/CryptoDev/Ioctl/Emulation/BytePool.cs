using System.Numerics;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Arrays that operations use one after the other. It keeps a limited number of each size. The garbage collector frees the others. The
/// caller must zero an array before he returns it.
/// </summary>
internal sealed class BytePool
{
    /// <summary>The length of the longest array that it keeps.</summary>
    public const int Longest = 1 << LargestLog;

    private const int SmallestLog = 8;
    private const int LargestLog = 20;

    // The garbage collector frees arrays up to this length soon, so more of them may be allocated than are kept.
    private const int LongestLoose = 1 << 14;
    private const int BytesOfSize = 4 << 20;

    private readonly Bucket[] _buckets;

    public BytePool()
    {
        _buckets = new Bucket[LargestLog - SmallestLog + 1];
        for (int i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] = new Bucket(Math.Clamp(BytesOfSize >> (i + SmallestLog), 1, 2 * Environment.ProcessorCount));
        }
    }

    public static BytePool Shared { get; } = new();

    /// <summary>The most bytes that it keeps.</summary>
    public long MostKept => _buckets.Select((bucket, i) => (long)bucket.Slots.Length << (i + SmallestLog)).Sum();

    /// <summary>
    /// An array of at least this many bytes, all zero. Null for a long array if as many as are kept are in use, and if it is too long to be
    /// kept.
    /// </summary>
    public byte[]? TryRent(int length)
    {
        if (length > Longest)
        {
            return null;
        }

        int index = IndexOf(length);
        Bucket bucket = _buckets[index];
        int start = Thread.GetCurrentProcessorId();
        for (int i = 0; i < bucket.Slots.Length; i++)
        {
            ref byte[]? slot = ref bucket.Slots[(int)((uint)(start + i) % (uint)bucket.Slots.Length)];
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } array)
            {
                return array;
            }
        }

        int size = 1 << (index + SmallestLog);
        return size <= LongestLoose || bucket.TryMake() ? new byte[size] : null;
    }

    /// <summary>Takes an array back. If all slots are full, the garbage collector frees it.</summary>
    public void Return(byte[] array)
    {
        Bucket bucket = _buckets[IndexOf(array.Length)];
        int start = Thread.GetCurrentProcessorId();
        for (int i = 0; i < bucket.Slots.Length; i++)
        {
            ref byte[]? slot = ref bucket.Slots[(int)((uint)(start + i) % (uint)bucket.Slots.Length)];
            if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, array, null) is null)
            {
                return;
            }
        }
    }

    private static int IndexOf(int length) => Math.Max(0, BitOperations.Log2((uint)Math.Max(length - 1, 1)) + 1 - SmallestLog);

    private sealed class Bucket(int most)
    {
        private int _made;

        public byte[]?[] Slots { get; } = new byte[most][];

        /// <summary>Whether one more array of this size may be allocated. Each has a slot to return to.</summary>
        public bool TryMake()
        {
            if (Interlocked.Increment(ref _made) <= most)
            {
                return true;
            }

            Interlocked.Decrement(ref _made);
            return false;
        }
    }
}
