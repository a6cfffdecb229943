using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>A platform's rule for request codes: sys/ioccom.h on the BSDs, asm-generic/ioctl.h on Linux.</summary>
internal delegate uint IoctlEncoding(IoctlDirection direction, byte number, int size);

/// <summary>
/// The two rules. The bits for the two single directions are swapped between them. The bits for both directions are the same.
/// </summary>
internal static class IoctlEncodings
{
    private const byte Group = (byte)'c';

    // sys/ioccom.h: three bits for the direction, where "out" is from the kernel to the caller, and 13 bits for the size.
    private const uint BsdOut = 0x4000_0000;
    private const uint BsdIn = 0x8000_0000;
    private const int BsdLargest = 0x1FFF;

    public static IoctlEncoding Linux { get; } =
        static (direction, number, size) =>
            LibC._IOC(
                direction switch
                {
                    IoctlDirection.FromKernel => LibC._IOC_READ,
                    IoctlDirection.ToKernel => LibC._IOC_WRITE,
                    _ => LibC._IOC_READ | LibC._IOC_WRITE,
                },
                Group,
                number,
                size
            );

    public static IoctlEncoding Bsd { get; } =
        static (direction, number, size) =>
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(size, BsdLargest);
            uint bits = direction switch
            {
                IoctlDirection.FromKernel => BsdOut,
                IoctlDirection.ToKernel => BsdIn,
                _ => BsdOut | BsdIn,
            };
            return bits | ((uint)size << 16) | ((uint)Group << 8) | number;
        };
}
