using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// An open device that is driven by ioctls: a file of this machine, or one that is emulated in this process. Callers hold a counted
/// reference, so the operation path needs no reference counting per call.
/// </summary>
internal abstract unsafe class DeviceChannel() : SafeHandle(-1, ownsHandle: true)
{
    public override bool IsInvalid => handle == -1;

    /// <summary>Makes one ioctl.</summary>
    /// <returns>0 or more, or a negated error number.</returns>
    public abstract int Ioctl(uint request, void* argument);

    /// <summary>Makes one ioctl with one struct or number.</summary>
    public int Ioctl<T>(uint request, ref T argument)
        where T : unmanaged
    {
        fixed (T* address = &argument)
        {
            return Ioctl(request, address);
        }
    }

    /// <summary>Waits for one of the events.</summary>
    /// <returns>The events that are ready, 0 when the time is up, or a negated error number.</returns>
    public abstract int Poll(short events, int timeoutMilliseconds);

    /// <summary>The open device for a number that CRIOGET gave. Null if the number is not an open device.</summary>
    public abstract DeviceChannel? Adopt(int descriptor);
}
