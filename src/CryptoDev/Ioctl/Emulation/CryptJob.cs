using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// An operation that its ioctl does not wait for: copied in, run by any thread, copied out when it is fetched. Holds a reference to its
/// session and its memory until it is disposed.
/// </summary>
internal sealed class CryptJob : IDisposable
{
    private readonly EmulatedSession _session;
    private readonly CryptPlan _plan;
    private readonly CryptRoom _room;
    private int _written;
    private int _disposed;

    private CryptJob(EmulatedSession session, in CryptPlan plan, in CryptRoom room)
    {
        _session = session;
        _plan = plan;
        _room = room;
        session.AddReference();
    }

    /// <summary>0 or the errno value it ended with.</summary>
    public int Error { get; private set; }

    public CryptPlan Plan => _plan;

    /// <summary>Copies everything in that the operation reads.</summary>
    /// <returns>0, ENOMEM beyond what the client may hold, or EFAULT.</returns>
    public static int TryCopyIn(EmulatedFile file, EmulatedSession session, in CryptPlan plan, IUserMemory caller, out CryptJob? job)
    {
        int error = CryptRoom.TryCopyIn(file, session, plan, caller, out CryptRoom room);
        job = error == 0 ? new CryptJob(session, plan, room) : null;
        return error;
    }

    /// <summary>Computes. Any thread may.</summary>
    public void Run(Quota scratch)
    {
        try
        {
            Error = _room.Run(_session, _plan, scratch, out _written);
        }
        catch (OutOfMemoryException)
        {
            // It ends this operation and not the worker.
            Error = LibC.ENOMEM;
        }
    }

    /// <summary>Copies the result out to where the plan says.</summary>
    /// <param name="caller">Whose memory.</param>
    /// <param name="mostResult">At most so many bytes of it, an IV in front included.</param>
    /// <returns>0 or EFAULT.</returns>
    public int CopyOut(IUserMemory caller, int mostResult = int.MaxValue) => _room.CopyOut(caller, _plan, Math.Min(_written, mostResult));

    public void Dispose()
    {
        // Twice would give another client's memory to the pool.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _room.Dispose();
            _session.Release();
        }
    }
}
