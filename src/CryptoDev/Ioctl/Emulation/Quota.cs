namespace CryptoDev.Ioctl.Emulation;

/// <summary>How much of something one client may hold, and with a parent how much all may hold together.</summary>
internal sealed class Quota(long most, Quota? parent = null)
{
    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    public bool HasRoom => Taken < most && (parent is null || parent.HasRoom);

    public bool TryTake(long amount)
    {
        // Asked first, so that no sum can overflow.
        if (amount > most)
        {
            return false;
        }

        if (Interlocked.Add(ref _taken, amount) <= most && (parent is null || parent.TryTake(amount)))
        {
            return true;
        }

        Interlocked.Add(ref _taken, -amount);
        return false;
    }

    public void Give(long amount)
    {
        Interlocked.Add(ref _taken, -amount);
        parent?.Give(amount);
    }
}
