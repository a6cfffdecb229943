using System.Runtime.InteropServices;

namespace CryptoDev.Benchmarks.Workloads;

/// <summary>A C peer of benchmarks/peers. The loop is in C, so one transition from managed code runs a whole block.</summary>
internal sealed unsafe class PeerContender : Contender
{
    private readonly delegate* unmanaged<void*, PeerMessage*, nint, int> _run;
    private readonly delegate* unmanaged<void*, void> _close;
    private readonly void* _peer;
    private readonly string _operation;

    public PeerContender(string path, Operation operation, byte[] key)
    {
        nint library = NativeLibrary.Load(path);
        Description = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "peer_description"))())!;
        _operation = operation.Name;
        _run = (delegate* unmanaged<void*, PeerMessage*, nint, int>)NativeLibrary.GetExport(library, operation.PeerFunction);
        _close = (delegate* unmanaged<void*, void>)NativeLibrary.GetExport(library, "peer_close");
        var open = (delegate* unmanaged<int, byte*, nuint, int*, void*>)NativeLibrary.GetExport(library, "peer_open");
        int error;
        fixed (byte* bytes = key)
        {
            _peer = open(operation.Number, bytes, (nuint)key.Length, &error);
        }

        if (_peer == null)
        {
            throw new BenchmarkException(
                $"{Description} cannot do {operation}: {(error == 0 ? "it gives no reason" : Marshal.GetPInvokeErrorMessage(error))}."
            );
        }
    }

    /// <summary>
    /// Finds the library of a C peer, such as <c>libcrypto</c>, <c>afalg</c> or <c>kcapi</c>, in a build folder of the repository or in
    /// $CRYPTODEV_PEERS.
    /// </summary>
    public static string Find(string name)
    {
        string file = $"libpeer-{name}.so";
        if (Environment.GetEnvironmentVariable("CRYPTODEV_PEERS") is { Length: > 0 } folder)
        {
            string path = Path.Combine(folder, file);
            return File.Exists(path) ? path : throw new BenchmarkException($"There is no {path}, where CRYPTODEV_PEERS points.");
        }

        for (DirectoryInfo? place = new(AppContext.BaseDirectory); place is not null; place = place.Parent)
        {
            string path = Path.Combine(place.FullName, "build", "benchmarks", "peers", file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new BenchmarkException(
            $"{file} is not built. Run 'cmake -S . -B build && cmake --build build', or 'benchmarks/run.sh'; it says which "
                + "packages are missing."
        );
    }

    public override string Description { get; }

    public override void Run(Message message, long count)
    {
        PeerMessage peer = message.ToPeer();
        if (_run(_peer, &peer, (nint)count) != 0)
        {
            throw new BenchmarkException($"{Description} failed in {_operation} of {message.Length} bytes.");
        }
    }

    public override void Dispose() => _close(_peer);
}
