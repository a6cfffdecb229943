using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>The users who have open files, or whose operations still hold something after the close.</summary>
internal sealed class UserTable(EmulatedKernel kernel)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, UserQuotas> _users = [];
    private readonly UserShare _share = new(kernel.Limits.UserShare);

    /// <summary>Counts another open file to its user.</summary>
    /// <returns>The user's quotas. Null if the user, or all users together, have too many files.</returns>
    public UserQuotas? TryTakeFile(uint user)
    {
        lock (_lock)
        {
            // The file is taken under the lock, so that another thread does not remove the user as idle.
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

        // Idle users are removed here and not at the last close, because running operations count to their user until they end.
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

/// <summary>What one user holds with all his files.</summary>
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
