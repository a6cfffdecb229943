using CryptoDev.Dialects;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>CIOCKEY and its kind.</summary>
internal static class KeyRunner
{
    /// <summary>Runs a key operation within its ioctl.</summary>
    /// <returns>0 or an errno value: a status becomes the ioctl's.</returns>
    public static int Run(ref IoctlCall call, in KeyCall key, DriverDemand demand, out string? driver)
    {
        driver = null;
        int error = KeyJob.TryCopyIn(call.File, key, demand, call.Caller, out KeyJob? job);
        if (error != 0)
        {
            return error;
        }

        using (job)
        {
            error = job!.Run(call.File.Kernel);
            call.Driver = driver = job.Driver;
            return error != 0 ? error : job.CopyOut(call.Caller);
        }
    }

    /// <summary>CIOCASYMFEAT: the operations for which a driver stands that may serve.</summary>
    public static uint Features(EmulatedKernel kernel, DriverDemand demand)
    {
        uint mask = 0;
        foreach (KeyAvailability row in kernel.KeyFeatures.Operations)
        {
            if (row.IsAvailable && demand.Accepts(row.Kind!.Value) && kernel.KeyFeatures.ServedBy.ContainsKey(row.Operation))
            {
                mask |= 1u << (int)row.Operation;
            }
        }

        return mask;
    }
}
