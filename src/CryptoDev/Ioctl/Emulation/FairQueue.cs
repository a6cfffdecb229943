namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// A queue in which users take turns, and in which the files of each user take turns. So a user with much work does not delay the others.
/// It is not safe for several threads: the owner locks it.
/// </summary>
internal sealed class FairQueue<T>
    where T : class
{
    private readonly Dictionary<uint, UserLine> _users = [];
    private readonly LinkedList<UserLine> _turns = new();

    public int Count { get; private set; }

    /// <summary>All waiting work, in no particular order.</summary>
    public IEnumerable<T> All => _turns.SelectMany(static user => user.Files.Values).SelectMany(static work => work);

    public void Add(uint user, long file, T work)
    {
        if (!_users.TryGetValue(user, out UserLine? line))
        {
            line = new UserLine(user);
            _users.Add(user, line);
            _turns.AddLast(line);
        }

        line.Add(file, work);
        Count++;
    }

    /// <summary>Removes and returns the next work. Null if there is none.</summary>
    /// <param name="mayWork">Returns false for users to skip.</param>
    public T? Take(Func<uint, bool>? mayWork = null)
    {
        for (LinkedListNode<UserLine>? node = _turns.First; node is not null; node = node.Next)
        {
            if (mayWork?.Invoke(node.Value.User) == false)
            {
                continue;
            }

            T work = node.Value.Take();
            Count--;
            _turns.Remove(node);
            if (node.Value.Files.Count == 0)
            {
                _users.Remove(node.Value.User);
            }
            else
            {
                _turns.AddLast(node);
            }

            return work;
        }

        return null;
    }

    /// <summary>Removes one item of work. False if it does not wait any more.</summary>
    public bool Remove(uint user, long file, T work) => RemoveWhere(user, file, one => ReferenceEquals(one, work)).Count != 0;

    /// <summary>Removes the waiting work of a file.</summary>
    public List<T> RemoveFile(uint user, long file) => RemoveWhere(user, file, static _ => true);

    /// <summary>Removes all work.</summary>
    public List<T> RemoveAll()
    {
        List<T> all = [.. All];
        _users.Clear();
        _turns.Clear();
        Count = 0;
        return all;
    }

    private List<T> RemoveWhere(uint user, long file, Func<T, bool> isMeant)
    {
        if (!_users.TryGetValue(user, out UserLine? line))
        {
            return [];
        }

        List<T> removed = line.Remove(file, isMeant);
        Count -= removed.Count;
        if (line.Files.Count == 0)
        {
            _users.Remove(user);
            _turns.Remove(line);
        }

        return removed;
    }

    /// <summary>The work of one user: a queue for each file, and the order of the files.</summary>
    private sealed class UserLine(uint user)
    {
        private readonly LinkedList<long> _turns = new();

        public uint User => user;

        public Dictionary<long, LinkedList<T>> Files { get; } = [];

        public void Add(long file, T work)
        {
            if (!Files.TryGetValue(file, out LinkedList<T>? line))
            {
                line = new LinkedList<T>();
                Files.Add(file, line);
                _turns.AddLast(file);
            }

            line.AddLast(work);
        }

        public T Take()
        {
            long file = _turns.First!.Value;
            _turns.RemoveFirst();
            LinkedList<T> line = Files[file];
            T work = line.First!.Value;
            line.RemoveFirst();
            if (line.Count == 0)
            {
                Files.Remove(file);
            }
            else
            {
                _turns.AddLast(file);
            }

            return work;
        }

        public List<T> Remove(long file, Func<T, bool> isMeant)
        {
            List<T> removed = [];
            if (!Files.TryGetValue(file, out LinkedList<T>? line))
            {
                return removed;
            }

            for (LinkedListNode<T>? node = line.First; node is not null; )
            {
                LinkedListNode<T>? next = node.Next;
                if (isMeant(node.Value))
                {
                    removed.Add(node.Value);
                    line.Remove(node);
                }

                node = next;
            }

            if (line.Count == 0)
            {
                Files.Remove(file);
                _turns.Remove(file);
            }

            return removed;
        }
    }
}
