using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>The sessions of one open file by id. The ids count up from the dialect's first id, or are random.</summary>
/// <param name="quota">The limit of sessions.</param>
/// <param name="firstId">The first id. Null for random ids.</param>
internal sealed class SessionTable(Quota quota, uint? firstId)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, EmulatedSession> _sessions = [];
    private uint _next = firstId ?? 0;
    private bool _closed;

    /// <summary>Whether another session is within the limit. Checked before anything is opened for it.</summary>
    public bool HasRoom => quota.HasRoom;

    /// <summary>Takes ownership of the session and gives it its id.</summary>
    /// <returns>False at the limit. Then the caller must release the session.</returns>
    public bool TryAdd(EmulatedSession session)
    {
        lock (_lock)
        {
            if (_closed || !quota.TryTake(1))
            {
                return false;
            }

            do
            {
                session.Id = firstId is null ? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))) : _next++;
            } while ((firstId == 1 && session.Id == 0) || !_sessions.TryAdd(session.Id, session));
            session.Hold(quota);
            return true;
        }
    }

    /// <summary>Whether the id is that of a session. Sessions that were freed do not count, though they may still work.</summary>
    public bool Contains(uint id)
    {
        lock (_lock)
        {
            return _sessions.ContainsKey(id);
        }
    }

    /// <summary>The session, with a reference for the caller, or null.</summary>
    public EmulatedSession? Acquire(uint id)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out EmulatedSession? session))
            {
                return null;
            }

            session.AddReference();
            return session;
        }
    }

    /// <summary>Removes the id at once. The session ends when its operations have finished.</summary>
    /// <returns>0, or EINVAL for an unknown id.</returns>
    public int Free(uint id)
    {
        EmulatedSession? session;
        lock (_lock)
        {
            if (!_sessions.Remove(id, out session))
            {
                return LibC.EINVAL;
            }
        }

        session.Release();
        return 0;
    }

    /// <summary>Frees all sessions. No session can be added after this.</summary>
    public void Close()
    {
        EmulatedSession[] all;
        lock (_lock)
        {
            _closed = true;
            all = [.. _sessions.Values];
            _sessions.Clear();
        }

        foreach (EmulatedSession session in all)
        {
            session.Release();
        }
    }
}
