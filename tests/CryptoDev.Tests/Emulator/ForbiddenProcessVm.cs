using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CryptoDev.Tests.Emulator;

/// <summary>
/// A filter as sandboxes have one (seccomp(2)): process_vm_readv and process_vm_writev are EPERM, for the thread that asks and for good.
/// </summary>
internal static unsafe partial class ForbiddenProcessVm
{
    private const int PR_SET_SECCOMP = 22;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const nuint SECCOMP_MODE_FILTER = 2;
    private const uint SECCOMP_RET_ALLOW = 0x7FFF_0000;
    private const uint SECCOMP_RET_EPERM = 0x0005_0001;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    public static void OnThisThread()
    {
        (uint read, uint write) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (310u, 311u),
            Architecture.Arm64 => (270u, 271u),
            Architecture other => throw new NotSupportedException($"The numbers of {other} are not known here."),
        };

        // The number of the system call is the first word of what a filter looks at.
        Instruction* filter = stackalloc Instruction[]
        {
            new(LoadWord, 0, 0, 0),
            new(JumpIfEqual, 1, 0, read),
            new(JumpIfEqual, 0, 1, write),
            new(Return, 0, 0, SECCOMP_RET_EPERM),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        };
        Program program = new() { Length = 5, Filter = filter };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, null, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, void* third, nuint fourth, nuint fifth);

    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    private struct Program
    {
        public ushort Length;
        public Instruction* Filter;
    }
}
