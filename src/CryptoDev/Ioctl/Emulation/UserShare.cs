namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The limit of what one user may hold: a percentage of what is free plus what he holds. With 50 percent, the first user may take half of
/// all, and the second half of the rest, so there is always some left. One sixteenth is reserved for root and for the server's own user.
/// The share does not limit these two.
/// </summary>
/// <param name="percent">1 to 100. With 100, a user may take everything except the reserved part.</param>
internal sealed class UserShare(int percent)
{
    /// <summary>The reserved part is the total divided by this.</summary>
    public const int KeptPart = 16;

    /// <summary>Whether a user may hold this amount.</summary>
    /// <param name="held">What the user would hold.</param>
    /// <param name="most">The total.</param>
    /// <param name="taken">What all users would hold, this user included.</param>
    public bool Allows(long held, long most, long taken)
    {
        long free = most - (most / KeptPart) - taken;
        return free >= 0 && (Int128)held * (100 - percent) <= (Int128)free * percent;
    }
}
