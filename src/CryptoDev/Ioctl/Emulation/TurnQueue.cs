namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Work that waits, taken turn by turn: users take turns, and so do the files of each user. Who asks for much waits for it himself. Whoever
/// has it guards it.
/// </summary>
internal sealed class TurnQueue<T>
    where T : class
{
    private readonly Dictionary<uint, UserLine> _users = [];
    private readonly LinkedList<UserLine> _turns = new();

    public int Count { get; private set; }

    /// <summary>All that waits, in no order that matters.</summary>
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

    /// <summary>The next one; null where nothing waits.</summary>
    /// <param name="mayWork">Passes over users who may not have a turn now.</param>
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

    /// <summary>Takes one out; false where it does not wait any more.</summary>
    public bool Remove(uint user, long file, T work) => RemoveWhere(user, file, one => ReferenceEquals(one, work)).Count != 0;

    /// <summary>Takes out what waits for a file.</summary>
    public List<T> RemoveFile(uint user, long file) => RemoveWhere(user, file, static _ => true);

    /// <summary>Takes out everything.</summary>
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

    /// <summary>The work of one user: a line per file, and whose turn is next.</summary>
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
