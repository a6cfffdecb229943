using BenchmarkDotNet.Attributes;
using CryptoDev.Benchmarks.Workloads;

namespace CryptoDev.Benchmarks;

/// <summary>
/// Compares the software driver with System.Security.Cryptography's one-shot methods, for BenchmarkDotNet. Each invocation is one
/// operation, and a column shows the allocations.
/// </summary>
[MemoryDiagnoser]
public class SoftwareBenchmarks
{
    private CryptoDevice _device = null!;
    private Contender _ours = null!;
    private Contender _theirs = null!;
    private Message _message = null!;

    [ParamsSource(nameof(OperationNames))]
    public string Operation { get; set; } = string.Empty;

    [Params(64, 1024, 16384, 1 << 20)]
    public int Size { get; set; }

    public static IEnumerable<string> OperationNames => Workloads.Operation.All.Select(operation => operation.Name);

    [GlobalSetup]
    public void Open()
    {
        Operation operation = Workloads.Operation.All.Single(candidate => candidate.Name == Operation);
        byte[] key = Message.MakeKey(operation);
        _device = CryptoDevice.Open();
        _ours = new SessionContender(_device, operation, key, DriverPolicy.SoftwareOnly);
        _theirs = new FrameworkContender(operation, key);
        _message = new Message(operation, Size, key);
    }

    [GlobalCleanup]
    public void Close()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _message.Dispose();
        _device.Dispose();
    }

    [Benchmark(Baseline = true, Description = "System.Security.Cryptography")]
    public void Framework() => _theirs.Run(_message, 1);

    [Benchmark(Description = "CryptoDev software")]
    public void Software() => _ours.Run(_message, 1);
}
