using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>The users who have something open, or still hold something of what they had open.</summary>
internal sealed class UserTable(EmulatedKernel kernel)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, UserQuotas> _users = [];
    private readonly UserShare _share = new(kernel.Limits.UserShare);

    /// <summary>Counts another open file to its user.</summary>
    /// <returns>The user's quotas; null where there are too many files, his or all.</returns>
    public UserQuotas? TryTakeFile(uint user)
    {
        lock (_lock)
        {
            // Under the lock, so that a user with a file is never taken for one who has gone.
            UserQuotas quotas = Of(user);
            return quotas.Files.TryTake(1) ? quotas : null;
        }
    }

    private UserQuotas Of(uint user)
    {
        if (_users.TryGetValue(user, out UserQuotas? quotas))
        {
            return quotas;
        }

        // Not at the last close: what still works is counted to its user until it ends.
        foreach ((uint idle, UserQuotas held) in _users)
        {
            if (held.IsIdle)
            {
                _users.Remove(idle);
            }
        }

        quotas = new UserQuotas(kernel, user, user == 0 || user == LibC.geteuid() ? null : _share);
        _users.Add(user, quotas);
        return quotas;
    }
}

/// <summary>What one user holds of all files together.</summary>
internal sealed class UserQuotas(EmulatedKernel kernel, uint user, UserShare? share)
{
    public uint User => user;

    public Quota Files { get; } = Quota.OfUser(kernel.Files, share);

    public Quota Sessions { get; } = Quota.OfUser(kernel.Sessions, share);

    public Quota Requests { get; } = Quota.OfUser(kernel.Requests, share);

    public Quota Bytes { get; } = Quota.OfUser(kernel.Bytes, share);

    /// <summary>Whether nothing is counted to the user.</summary>
    public bool IsIdle => (Files.Taken | Sessions.Taken | Requests.Taken | Bytes.Taken) == 0;
}
