using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>The sessions of one open file by id. Ids count up from where the dialect begins, or are random.</summary>
/// <param name="quota">How many there may be.</param>
/// <param name="firstId">The first id; null for random ones.</param>
internal sealed class SessionTable(Quota quota, uint? firstId)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, EmulatedSession> _sessions = [];
    private uint _next = firstId ?? 0;
    private bool _closed;

    /// <summary>Whether another one would find room: asked before anything is opened for it.</summary>
    public bool HasRoom => quota.HasRoom;

    /// <summary>Takes the session over and gives it its id.</summary>
    /// <returns>False at the limit; the session is the caller's to release then.</returns>
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

    /// <summary>The session with a reference for the caller, or null.</summary>
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

    /// <summary>Takes the id away at once and ends the session when its operations are done.</summary>
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

    /// <summary>Frees all; none can be added any more.</summary>
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
