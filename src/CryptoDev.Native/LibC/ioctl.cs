using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/ioctl.h. Request numbers are always computed from direction, group, number and size.</summary>
internal static unsafe partial class LibC
{
    public const uint _IOC_NONE = 0;
    public const uint _IOC_WRITE = 1;
    public const uint _IOC_READ = 2;
    public const int _IOC_NRSHIFT = 0;
    public const int _IOC_TYPESHIFT = 8;
    public const int _IOC_SIZESHIFT = 16;
    public const int _IOC_DIRSHIFT = 30;

    /// <summary>Linux's request number on x64, arm64 and riscv64.</summary>
    public static uint _IOC(uint direction, byte type, byte number, int size) =>
        (direction << _IOC_DIRSHIFT) | ((uint)type << _IOC_TYPESHIFT) | ((uint)number << _IOC_NRSHIFT) | ((uint)size << _IOC_SIZESHIFT);

    /// <summary>
    /// Variadic in C. On the three architectures, compilers pass these arguments as for a function with fixed parameters.
    /// </summary>
    [LibraryImport("libc")]
    public static partial int ioctl(int fd, nuint request, void* argument);
}
