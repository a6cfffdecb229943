using CryptoDev.Drivers;
using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>Probes every rung for every algorithm with default sizes.</summary>
internal static class AvailabilityProbe
{
    public static AvailabilityReport Run(DriverRegistry registry)
    {
        List<AlgorithmAvailability> algorithms = [];
        foreach (ICryptoDriver rung in registry.Rungs)
        {
            foreach (CryptoAlgorithm algorithm in CryptoAlgorithm.All)
            {
                algorithms.Add(Ask(rung, algorithm));
            }
        }

        return new AvailabilityReport
        {
            Rungs = [.. registry.Rungs.Select(rung => rung.Availability)],
            Algorithms = algorithms,
            Notes = [.. registry.Rungs.SelectMany(rung => rung.Notes), .. RawFaceNotes(OwnMemory.IsDirect), .. MemoryNotes(LockFailure())],
        };
    }

    /// <summary>Limitations of the raw interface with an emulated device in this process.</summary>
    public static IEnumerable<string> RawFaceNotes(bool copiesDirectly) =>
        copiesDirectly
            ? []
            :
            [
                "process_vm_readv is forbidden here, as sandboxes do: an emulated device within this process copies the "
                    + "caller's memory through a pipe, which is slower.",
            ];

    /// <summary>Problems with the locked memory of keys.</summary>
    /// <param name="lockFailure">The errno value with which the kernel refused to lock some of that memory, or 0.</param>
    public static IEnumerable<string> MemoryNotes(int lockFailure) =>
        lockFailure == 0
            ? []
            :
            [
                $"The memory of some keys is not locked ({new Errno(lockFailure)}) and may be written to swap: raise the limit of locked "
                    + "memory (ulimit -l, LimitMEMLOCK= of systemd, --ulimit memlock= of containers) or give CAP_IPC_LOCK.",
            ];

    /// <summary>A key is created first, because locking cannot have failed before it was tried.</summary>
    private static int LockFailure()
    {
        SecureMemoryHandle.Allocate(1).Dispose();
        return GuardedPages.LockFailure;
    }

    /// <summary>Parameters with the algorithm's default sizes and a throw-away key.</summary>
    public static SessionParameters Sample(CryptoAlgorithm algorithm, SessionKey? key) =>
        algorithm.Kind switch
        {
            AlgorithmKind.Cipher => SessionParameters.Cipher(algorithm, key),
            AlgorithmKind.Aead => SessionParameters.Aead(algorithm, key!),
            AlgorithmKind.Digest => SessionParameters.Digest(algorithm),
            AlgorithmKind.Mac => SessionParameters.KeyedDigest(algorithm, key),
            _ => SessionParameters.Compression(algorithm),
        };

    /// <summary>Whether a driver opens a session with the algorithm's default sizes.</summary>
    public static DriverVerdict Probe(ICryptoDriver rung, CryptoAlgorithm algorithm)
    {
        using CryptoKey? key = algorithm.KeySizes.Maximum == 0 ? null : SampleKey(algorithm.KeySizes.Default);
        return rung.Probe(Sample(algorithm, key));
    }

    private static AlgorithmAvailability Ask(ICryptoDriver rung, CryptoAlgorithm algorithm)
    {
        DriverVerdict verdict = Probe(rung, algorithm);
        return new AlgorithmAvailability(
            rung.Info.Name,
            algorithm,
            verdict.Accepted,
            verdict.Accepted ? verdict.Kind : null,
            verdict.KernelDriver,
            verdict.Reason,
            verdict.Cure
        );
    }

    // The key is not random: a probe must work on a machine with a broken random generator. The bytes ascend, so that the two XTS halves
    // differ.
    private static CryptoKey SampleKey(int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)i;
        }

        return CryptoKey.Copy(bytes);
    }
}
