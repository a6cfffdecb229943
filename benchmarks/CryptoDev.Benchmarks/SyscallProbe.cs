using CryptoDev.Benchmarks.Workloads;
using CryptoDev.Native;

namespace CryptoDev.Benchmarks;

/// <summary>
/// Runs each operation a known number of times on one driver, between two marks that strace shows. A mark is an attempt to open a file that
/// does not exist. The system calls of the calling thread between the marks belong to the operations. benchmarks/syscalls.sh counts them.
/// </summary>
internal static class SyscallProbe
{
    private const int WarmUp = 500;

    public static void Run(string driver, int count, int size)
    {
        using CryptoDevice device = CryptoDevice.Open();
        foreach (Operation operation in Operation.All)
        {
            byte[] key = Message.MakeKey(operation);
            using SessionContender session = new(device, operation, key, DriverPolicy.Pinned(driver));
            using Message message = new(operation, size, key);
            session.Run(message, WarmUp);
            string name = operation.Name.Replace(' ', '_');
            Mark($"/cryptodev-begin/{name}/{count}");
            session.Run(message, count);
            Mark($"/cryptodev-end/{name}/{count}");
        }
    }

    private static void Mark(string path)
    {
        int fd = LibC.open(path, LibC.O_RDONLY, 0);
        if (fd >= 0)
        {
            throw new BenchmarkException($"{path} exists; it is only a mark in a trace and must not.");
        }
    }
}
