namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// What one user leaves to the others: of what is free or his, he holds no more than so many parts of a hundred. So the first may take
/// half of all, the next half of what the first left, and there is always room for one more. A sixteenth is never a user's: it is kept
/// for root and for the server's own user, whom no share binds.
/// </summary>
/// <param name="percent">1 to 100; at 100 a user may take all but what is kept.</param>
internal sealed class UserShare(int percent)
{
    /// <summary>The part of all that is kept: one of so many.</summary>
    public const int KeptPart = 16;

    /// <summary>Whether a user may hold so much.</summary>
    /// <param name="held">What he would hold.</param>
    /// <param name="most">What there is in all.</param>
    /// <param name="taken">What all would hold, he included.</param>
    public bool Allows(long held, long most, long taken)
    {
        long free = most - (most / KeptPart) - taken;
        return free >= 0 && (Int128)held * (100 - percent) <= (Int128)free * percent;
    }
}
