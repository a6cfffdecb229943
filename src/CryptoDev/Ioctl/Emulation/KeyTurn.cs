using System.Runtime.ExceptionServices;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>A queued key operation whose ioctl waits for it.</summary>
internal sealed class KeyTurn : IKeyTurn
{
    // How often to check whether the caller still exists.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly KeyJob _job;
    private readonly EmulatedKernel _kernel;
    private ExceptionDispatchInfo? _defect;
    private int _error;
    private bool _isDone;

    private KeyTurn(KeyJob job, EmulatedKernel kernel)
    {
        _job = job;
        _kernel = kernel;
    }

    /// <summary>Queues the operation and waits for it.</summary>
    /// <returns>0 or an errno value. EINTR if the caller has gone before the operation began.</returns>
    public static int Run(EmulatedFile file, KeyJob job, IUserProcess caller)
    {
        KeyTurn turn = new(job, file.Kernel);
        int error = file.Kernel.Keys.TryAdd(file, turn);
        return error != 0 ? file.Kernel.Rules.Errnos.FromDriver(error) : turn.Await(file, caller);
    }

    public void Run()
    {
        try
        {
            End(_job.Run(_kernel));
        }
        catch (Exception defect)
        {
            // An unexpected exception of a driver is thrown to the caller of the ioctl and not in the pool.
            _defect = ExceptionDispatchInfo.Capture(defect);
            End(LibC.EIO);
        }
    }

    public void Drop(int error) => End(_kernel.Rules.Errnos.FromDriver(error));

    private int Await(EmulatedFile file, IUserProcess caller)
    {
        lock (_gate)
        {
            while (!_isDone)
            {
                if (!Monitor.Wait(_gate, s_look) && !_isDone && caller.IsGone && _kernel.Keys.TryRemove(file, this))
                {
                    return LibC.EINTR;
                }
            }
        }

        _defect?.Throw();
        return _error;
    }

    private void End(int error)
    {
        lock (_gate)
        {
            _error = error;
            _isDone = true;
            Monitor.Pulse(_gate);
        }
    }
}
