using System.Numerics;

namespace CryptoDev.Native;

/// <summary>
/// Guarded pages that many small secrets share, in slots of 64 bytes. A long secret has pages of its own and ends at the guard page. The
/// list of used and free slots is on the managed heap, where an overrun of a secret cannot reach it.
/// </summary>
internal sealed class SecureArena
{
    private const int SlotLength = 64;

    /// <summary>Slots of an arena: 64 KiB, which still fits into the smallest usual limit of locked memory.</summary>
    private const int Slots = 1024;

    /// <summary>Longer secrets would leave unusable gaps in a shared arena.</summary>
    private const int LongestShared = SlotLength * Slots / 8;

    private static readonly Lock s_lock = new();
    private static readonly List<SecureArena> s_shared = [];
    private static long s_living;

    private readonly GuardedPages _pages;
    private readonly ulong[]? _taken;
    private int _free = Slots;
    private int _next;

    private SecureArena(int ownLength)
    {
        _pages = new GuardedPages(ownLength == 0 ? SlotLength * Slots : ownLength);
        _taken = ownLength == 0 ? new ulong[Slots / 64] : null;
    }

    /// <summary>The number of blocks that were taken and not given back.</summary>
    public static long Living => Interlocked.Read(ref s_living);

    /// <summary>Takes a block of zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public static nint Take(int length, out SecureArena arena)
    {
        nint address;
        if (length > LongestShared)
        {
            // Place it at the end of its pages. If the secret is a whole number of words, the first byte after it is in the guard page.
            arena = new SecureArena(length);
            address = arena._pages.Start + (nint)(arena._pages.Length - RoundUp(length));
        }
        else
        {
            address = TakeShared((length + SlotLength - 1) / SlotLength, out arena);
        }

        Interlocked.Increment(ref s_living);
        return address;
    }

    /// <summary>Gives a block back. It must be zeroed.</summary>
    public void Give(nint address, int length)
    {
        Interlocked.Decrement(ref s_living);
        if (_taken is null)
        {
            _pages.Unmap();
            return;
        }

        lock (s_lock)
        {
            int first = (int)(address - _pages.Start) / SlotLength;
            int count = (length + SlotLength - 1) / SlotLength;
            for (int slot = first; slot < first + count; slot++)
            {
                _taken[slot / 64] &= ~(1UL << (slot % 64));
            }

            _free += count;
            if (_free == Slots && s_shared.Count > 1)
            {
                s_shared.Remove(this);
                _pages.Unmap();
            }
        }
    }

    private static int RoundUp(int length) => (length + 15) & ~15;

    private static nint TakeShared(int count, out SecureArena arena)
    {
        lock (s_lock)
        {
            // The newest arena most often has free slots.
            for (int i = s_shared.Count - 1; i >= 0; i--)
            {
                arena = s_shared[i];
                if (arena._free >= count && arena.Find(count) is var slot and >= 0)
                {
                    return arena.Occupy(slot, count);
                }
            }

            arena = new SecureArena(0);
            s_shared.Add(arena);
            return arena.Occupy(0, count);
        }
    }

    /// <summary>
    /// Finds the first run of that many free slots. The search starts at the slot that was taken last. -1 if there is none.
    /// </summary>
    private int Find(int count)
    {
        int found = Find(count, _next, Slots);
        return found >= 0 || _next == 0 ? found : Find(count, 0, Math.Min(_next + count, Slots));
    }

    private int Find(int count, int from, int to)
    {
        int run = 0;
        for (int slot = from; slot < to; slot++)
        {
            ulong word = _taken![slot / 64] >> (slot % 64);
            if ((word & 1) != 0)
            {
                run = 0;

                // Skip all taken slots at once.
                slot += Math.Min(BitOperations.TrailingZeroCount(~word), 64 - (slot % 64)) - 1;
            }
            else if (++run == count)
            {
                return slot - count + 1;
            }
        }

        return -1;
    }

    private nint Occupy(int first, int count)
    {
        for (int slot = first; slot < first + count; slot++)
        {
            _taken![slot / 64] |= 1UL << (slot % 64);
        }

        _free -= count;
        _next = (first + count) % Slots;
        return _pages.Start + (first * SlotLength);
    }
}
