using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>A kernel that says yes to everything and does nothing, so that what an operation costs is the driver's alone.</summary>
internal sealed unsafe class SilentChannel : DeviceChannel
{
    public SilentChannel() => SetHandle(0);

    public long Calls { get; private set; }

    /// <summary>The alignmask of its sessions, as cryptodev-linux.</summary>
    public ushort AlignMask { get; init; }

    public override int Ioctl(uint request, void* argument)
    {
        Calls++;
        if (request == CryptodevLinux.CIOCGSESSINFO)
        {
            ((CryptodevLinux.session_info_op*)argument)->alignmask = AlignMask;
        }

        return 0;
    }

    public override int Poll(short events, int timeoutMilliseconds) => 0;

    public override DeviceChannel? Adopt(int descriptor) => null;

    protected override bool ReleaseHandle() => true;
}
