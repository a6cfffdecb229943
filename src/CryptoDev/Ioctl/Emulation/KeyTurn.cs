using System.Runtime.ExceptionServices;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>A key operation whose ioctl waits for it.</summary>
internal sealed class KeyTurn : IKeyTurn
{
    // How often a caller is looked at who may have gone.
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

    /// <summary>Has it computed when its turn comes.</summary>
    /// <returns>0 or an errno value; EINTR for a caller who has gone before it began.</returns>
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
            // A defect of a driver is its caller's to see, not the pool's.
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
