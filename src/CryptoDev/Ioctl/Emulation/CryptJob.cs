using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// An operation of an asynchronous ioctl. The bytes are copied in, any thread runs it, and they are copied out when it is fetched. It holds
/// a reference to its session, and its memory, until it is disposed.
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

    /// <summary>0 or the errno value of the run.</summary>
    public int Error { get; private set; }

    public CryptPlan Plan => _plan;

    /// <summary>Copies in everything that the operation reads.</summary>
    /// <returns>0, ENOMEM beyond the client's limit, EFAULT, or the plan's late error.</returns>
    public static int TryCopyIn(EmulatedFile file, EmulatedSession session, in CryptPlan plan, IUserMemory caller, out CryptJob? job)
    {
        int error = CryptRoom.TryCopyIn(file, session, plan, caller, out CryptRoom room);
        job = error == 0 ? new CryptJob(session, plan, room) : null;
        return error;
    }

    /// <summary>Runs the operation, on any thread.</summary>
    public void Run(Quota scratch)
    {
        try
        {
            Error = _room.Run(_session, _plan, scratch, out _written);
        }
        catch (OutOfMemoryException)
        {
            // Lack of memory ends this operation and not the worker.
            Error = LibC.ENOMEM;
        }
    }

    /// <summary>Copies the result out to where the plan says.</summary>
    /// <param name="caller">The memory to write to.</param>
    /// <param name="mostResult">The most bytes of the result to copy, with an IV before it.</param>
    /// <returns>0 or EFAULT.</returns>
    public int CopyOut(IUserMemory caller, int mostResult = int.MaxValue) => _room.CopyOut(caller, _plan, Math.Min(_written, mostResult));

    public void Dispose()
    {
        // A second dispose would return memory to the pool that another client uses by then.
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _room.Dispose();
            _session.Release();
        }
    }
}
