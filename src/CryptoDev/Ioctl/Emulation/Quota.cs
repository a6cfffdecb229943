namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// A limit with a counter. Quotas form a tree: what a file takes is also counted to its user and to the total. A refused amount is never
/// counted, so the failed attempts of one client do not reduce what others can take.
/// </summary>
internal sealed class Quota
{
    private readonly long _most;
    private readonly Quota? _parent;
    private readonly UserShare? _share;
    private long _taken;

    /// <summary>Makes the quota of all users, or of one file.</summary>
    /// <param name="most">The limit.</param>
    /// <param name="parent">The quota that also counts the amounts and may refuse them.</param>
    public Quota(long most, Quota? parent = null)
    {
        _most = most;
        _parent = parent;
    }

    private Quota(Quota all, UserShare? share)
    {
        _most = long.MaxValue;
        _parent = all;
        _share = share;
    }

    public long Taken => Interlocked.Read(ref _taken);

    public bool HasRoom => Taken < _most && (_parent is null || _parent.HasRoomFor(_share, Taken + 1));

    /// <summary>Makes the quota of one user.</summary>
    /// <param name="all">The quota of all users.</param>
    /// <param name="share">The limit of the user's share. Null for a user without such a limit.</param>
    public static Quota OfUser(Quota all, UserShare? share) => new(all, share);

    public bool TryTake(long amount) => TryTake(amount, null, 0);

    public void Give(long amount)
    {
        Interlocked.Add(ref _taken, -amount);
        _parent?.Give(amount);
    }

    private bool TryTake(long amount, UserShare? share, long held)
    {
        long taken = Taken;
        while (true)
        {
            if (!Fits(amount, taken, share, held))
            {
                return false;
            }

            long before = Interlocked.CompareExchange(ref _taken, taken + amount, taken);
            if (before == taken)
            {
                break;
            }

            taken = before;
        }

        if (_parent is null || _parent.TryTake(amount, _share, taken + amount))
        {
            return true;
        }

        Interlocked.Add(ref _taken, -amount);
        return false;
    }

    private bool HasRoomFor(UserShare? share, long held) =>
        Fits(1, Taken, share, held) && (_parent is null || _parent.HasRoomFor(_share, Taken + 1));

    // A subtraction, because the sum could overflow.
    private bool Fits(long amount, long taken, UserShare? share, long held) =>
        amount <= _most - taken && (share is null || share.Allows(held, _most, taken + amount));
}
