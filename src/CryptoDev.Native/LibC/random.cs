using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/random.h.</summary>
internal static unsafe partial class LibC
{
    public const uint GRND_NONBLOCK = 1;
    public const uint GRND_RANDOM = 2;

    [LibraryImport("libc")]
    public static partial nint getrandom(void* buffer, nuint length, uint flags);
}
