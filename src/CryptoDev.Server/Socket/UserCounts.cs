namespace CryptoDev.Server.Socket;

/// <summary>The resources of the server that clients use.</summary>
internal enum UserResource
{
    /// <summary>Connections, from the accept to the close.</summary>
    Connections,

    /// <summary>Channels, with one thread each.</summary>
    Channels,

    /// <summary>Descriptors of this process.</summary>
    Descriptors,

    /// <summary>Bytes of shared memory, and of results that wait to be sent.</summary>
    Memory,
}

/// <summary>The limits of a resource.</summary>
/// <param name="PerUser">The limit for one user.</param>
/// <param name="All">The limit for all users together. The last sixteenth is reserved for root and the server's own user.</param>
internal readonly record struct UserBound(long PerUser, long All);

/// <summary>
/// Counts the resources of each user before the user gets them. So no user can take what another user needs to start. Callable from any
/// thread.
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

    /// <summary>Takes the whole amount. False: nothing was taken.</summary>
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

    /// <summary>Gives an amount back.</summary>
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

    /// <summary>What a user holds now.</summary>
    public long Taken(uint user, UserResource resource)
    {
        lock (_gate)
        {
            return _users.TryGetValue(user, out long[]? taken) ? taken[(int)resource] : 0;
        }
    }
}
