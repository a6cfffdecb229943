using CryptoDev.Dialects;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>Runs key operations within their ioctl, and computes the result of CIOCASYMFEAT.</summary>
internal static class KeyRunner
{
    /// <summary>Runs a key operation within its ioctl.</summary>
    /// <param name="call">The ioctl.</param>
    /// <param name="key">The operation.</param>
    /// <param name="demand">The drivers that are allowed.</param>
    /// <param name="driver">The driver that ran it, or null.</param>
    /// <param name="hasStarted">Whether the operation was given to the drivers.</param>
    /// <returns>0 or an errno value. The status of the operation becomes the errno of the ioctl.</returns>
    public static int Run(ref IoctlCall call, in KeyCall key, DriverDemand demand, out string? driver, out bool hasStarted)
    {
        driver = null;
        hasStarted = false;
        int error = KeyJob.TryCopyIn(call.File, key, demand, call.Caller, out KeyJob? job);
        if (error != 0)
        {
            return error;
        }

        using (job)
        {
            hasStarted = true;
            error = KeyTurn.Run(call.File, job!, call.Caller);
            call.Driver = driver = job!.Driver;
            return error != 0 ? error : job.CopyOut(call.Caller);
        }
    }

    /// <summary>CIOCASYMFEAT: the operations for which there is an allowed driver.</summary>
    public static uint Features(EmulatedKernel kernel, DriverDemand demand)
    {
        uint mask = 0;
        foreach (KeyOperationNumber row in kernel.Rules.Codec.KeyOperations.Rows)
        {
            mask |= kernel.HasKeyDriver(row.Function, demand) ? 1u << (int)row.Id : 0;
        }

        return mask;
    }
}
