using CryptoDev.Native;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>A kernel that says yes to everything and does nothing, so that what an operation costs is the driver's alone.</summary>
internal sealed unsafe class SilentChannel : DeviceChannel
{
    public SilentChannel() => SetHandle(0);

    public long Calls { get; private set; }

    public override int Ioctl(uint request, void* argument)
    {
        Calls++;
        return 0;
    }

    public override int Poll(short events, int timeoutMilliseconds) => 0;

    public override DeviceChannel? Adopt(int descriptor) => null;

    protected override bool ReleaseHandle() => true;
}
