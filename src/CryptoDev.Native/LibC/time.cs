using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>sys/time.h on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct timeval
{
    public long tv_sec;
    public long tv_usec;
}
