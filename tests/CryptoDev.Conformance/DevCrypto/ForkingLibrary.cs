using System.Diagnostics;
using System.Runtime.InteropServices;
using CryptoDev.Native;

namespace CryptoDev.Conformance.DevCrypto;

/// <summary>
/// forking.c, compiled and loaded into this process: a native library that forks. With the shim in it, it also opens a device that is
/// served on a socket.
/// </summary>
internal sealed unsafe class ForkingLibrary
{
    private readonly nint _library;

    public ForkingLibrary(bool withShim)
    {
        string root = FindRepositoryRoot();
        string source = Path.Combine(root, "tests", "CryptoDev.Conformance", "DevCrypto", "forking.c");
        string shim = Path.Combine(root, "native", "cryptodev-shim");
        string folder = Directory.CreateTempSubdirectory("cryptodev-forking-").FullName;
        try
        {
            string built = Path.Combine(folder, "libforking.so");

            // Symbolic: what the library calls ioctl is its own, where it has one.
            string[] options =
            [
                "-std=gnu11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-shared",
                "-fPIC",
                "-fvisibility=hidden",
                "-Wl,-Bsymbolic",
                "-pthread",
                "-I",
                Path.Combine(shim, "include", "linux"),
                "-o",
                built,
                source,
            ];
            string[] shimOptions =
            [
                "-DWITH_SHIM",
                "-U_FORTIFY_SOURCE",
                "-Dgetenv=forking_getenv",
                .. Directory.GetFiles(Path.Combine(shim, "src"), "*.c"),
                "-ldl",
            ];
            Run("gcc", [.. options, .. withShim ? shimOptions : []]);

            // Never unloaded: the shim keeps what it knows of this process.
            _library = NativeLibrary.Load(built);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Opens the device that is served on a socket.</summary>
    public DeviceChannel Open(string socket)
    {
        nint path = Marshal.StringToCoTaskMemUTF8(socket);
        int descriptor = ((delegate* unmanaged<nint, int>)Function("forking_open"))(path);
        Marshal.FreeCoTaskMem(path);
        return descriptor >= 0
            ? new ShimChannel(this, descriptor)
            : throw new IOException($"No device behind {socket}: {new Errno(-descriptor)}");
    }

    /// <summary>Forks. The child uses two sessions, has sessions of its own, frees the victim, closes the descriptor and ends.</summary>
    /// <returns>Waits for the child and gives its exit code: 0, or the step that failed.</returns>
    public Func<int> Fork(int descriptor, uint cipher, uint hash, uint victim, int rounds)
    {
        int child = ((delegate* unmanaged<int, uint, uint, uint, int, int>)Function("forking_fork"))(
            descriptor,
            cipher,
            hash,
            victim,
            rounds
        );
        return child > 0
            ? () => ((delegate* unmanaged<int, int>)Function("forking_wait"))(child)
            : throw new IOException($"fork: {new Errno(-child)}");
    }

    private nint Function(string name) => NativeLibrary.GetExport(_library, name);

    private static string FindRepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CryptoDev.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No CryptoDev.sln above {AppContext.BaseDirectory}.");
    }

    private static void Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed:\n{error}");
        }
    }

    /// <summary>The shim's descriptor of a served device.</summary>
    private sealed class ShimChannel : DeviceChannel
    {
        private readonly delegate* unmanaged<int, nuint, void*, int> _ioctl;
        private readonly delegate* unmanaged<int, short, int, int> _poll;
        private readonly delegate* unmanaged<int, int> _close;

        public ShimChannel(ForkingLibrary library, int descriptor)
        {
            _ioctl = (delegate* unmanaged<int, nuint, void*, int>)library.Function("forking_ioctl");
            _poll = (delegate* unmanaged<int, short, int, int>)library.Function("forking_poll");
            _close = (delegate* unmanaged<int, int>)library.Function("forking_close");
            SetHandle(descriptor);
        }

        public override int Ioctl(uint request, void* argument) => _ioctl((int)handle, request, argument);

        public override int Poll(short events, int timeoutMilliseconds) => _poll((int)handle, events, timeoutMilliseconds);

        public override DeviceChannel? Adopt(int descriptor) => null;

        protected override bool ReleaseHandle() => _close((int)handle) == 0;
    }
}
