using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>The numbers of system calls that libc does not wrap. They differ by architecture.</summary>
internal static unsafe partial class LibC
{
    /// <summary>The number of one call on each architecture. arm64 and riscv64 share the kernel's generic table.</summary>
    internal readonly record struct SyscallNumber(string Name, int X64, int Generic)
    {
        /// <summary>The number on this machine.</summary>
        public nint Current =>
            RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => X64,
                Architecture.Arm64 or Architecture.RiscV64 => Generic,
                Architecture other => throw new PlatformNotSupportedException(
                    $"The number of the system call {Name} is known for X64, Arm64 and RiscV64, not for {other}."
                ),
            };
    }

    public static readonly SyscallNumber SYS_add_key = new("add_key", 248, 217);
    public static readonly SyscallNumber SYS_request_key = new("request_key", 249, 218);
    public static readonly SyscallNumber SYS_keyctl = new("keyctl", 250, 219);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint argument1, nint argument2, nint argument3, nint argument4, nint argument5);
}
