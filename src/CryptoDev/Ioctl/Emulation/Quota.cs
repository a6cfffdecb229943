namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// How much of something may be held. Quotas form a tree: what a file takes is counted to the file, to its user and to all together. A
/// refused amount is never counted, so one client's vain attempts take nothing from another's room.
/// </summary>
internal sealed class Quota
{
    private readonly long _most;
    private readonly Quota? _parent;
    private readonly UserShare? _share;
    private long _taken;

    /// <summary>Makes the quota of all, or of one file of a user.</summary>
    /// <param name="most">How much.</param>
    /// <param name="parent">What counts it too, and may have no room left.</param>
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

    /// <summary>The quota of one user.</summary>
    /// <param name="all">What all users hold together.</param>
    /// <param name="share">What the user leaves to others; null for one who need not.</param>
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

    // A difference, so that no sum can overflow.
    private bool Fits(long amount, long taken, UserShare? share, long held) =>
        amount <= _most - taken && (share is null || share.Allows(held, _most, taken + amount));
}
