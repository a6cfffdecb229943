namespace CryptoDev.Server.Socket;

/// <summary>What clients take of the server.</summary>
internal enum UserResource
{
    /// <summary>Connections, from the first moment until they are closed.</summary>
    Connections,

    /// <summary>Channels, with a thread each.</summary>
    Channels,

    /// <summary>Descriptors of this process.</summary>
    Descriptors,

    /// <summary>Bytes of shared memory, and of results that wait to be sent.</summary>
    Memory,
}

/// <summary>How much there is of a resource.</summary>
/// <param name="PerUser">What one user may have.</param>
/// <param name="All">What all may have together. The last sixteenth is kept for root and the server's own user.</param>
internal readonly record struct UserBound(long PerUser, long All);

/// <summary>
/// Counts what each user gets before he gets it, so that no user can take what another needs to begin. From any thread.
/// </summary>
internal sealed class UserCounts
{
    private const int Resources = 4;
    private const uint Root = 0;
    private const int KeptPart = 16;

    private readonly Lock _gate = new();
    private readonly uint _own;
    private readonly UserBound[] _bounds = new UserBound[Resources];
    private readonly long[] _all = new long[Resources];
    private readonly Dictionary<uint, long[]> _users = [];

    public UserCounts(uint own, IReadOnlyDictionary<UserResource, UserBound> bounds)
    {
        _own = own;
        foreach ((UserResource resource, UserBound bound) in bounds)
        {
            _bounds[(int)resource] = bound;
        }
    }

    /// <summary>Takes so much, or nothing and false.</summary>
    public bool TryTake(uint user, UserResource resource, long count)
    {
        int index = (int)resource;
        UserBound bound = _bounds[index];
        lock (_gate)
        {
            long[]? taken = _users.GetValueOrDefault(user);
            long most = user == Root || user == _own ? bound.All : bound.All - (bound.All / KeptPart);
            if (count > most - _all[index] || count > bound.PerUser - (taken?[index] ?? 0))
            {
                return false;
            }

            if (taken is null)
            {
                taken = new long[Resources];
                _users.Add(user, taken);
            }

            taken[index] += count;
            _all[index] += count;
            return true;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(uint user, UserResource resource, long count)
    {
        lock (_gate)
        {
            long[] taken = _users[user];
            taken[(int)resource] -= count;
            _all[(int)resource] -= count;
            if (Array.TrueForAll(taken, static value => value == 0))
            {
                _users.Remove(user);
            }
        }
    }

    /// <summary>What a user has now.</summary>
    public long Taken(uint user, UserResource resource)
    {
        lock (_gate)
        {
            return _users.TryGetValue(user, out long[]? taken) ? taken[(int)resource] : 0;
        }
    }
}
