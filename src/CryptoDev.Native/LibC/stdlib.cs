using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>stdlib.h.</summary>
internal static unsafe partial class LibC
{
    /// <summary>A variable of the environment, or 0 where there is none or the program runs with another's rights.</summary>
    [LibraryImport("libc")]
    public static partial nint secure_getenv(byte* name);
}
