using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Conformance.DevCrypto;

/// <summary>A device of cryptodev-linux's dialect, its descriptor, and the number of the session that a thread created last.</summary>
internal sealed unsafe class SessionIdChannel : DeviceChannel
{
    private readonly DeviceChannel _device;
    private readonly uint _create = CryptodevLinuxTable.CIOCGSESSION.Code();
    private readonly ThreadLocal<uint> _last = new();

    public SessionIdChannel(DeviceChannel device)
    {
        _device = device;
        SetHandle(0);
    }

    public int Descriptor => (int)_device.DangerousGetHandle();

    public uint LastSession => _last.Value;

    public override int Ioctl(uint request, void* argument)
    {
        int result = _device.Ioctl(request, argument);
        if (request == _create && result == 0)
        {
            _last.Value = ((CryptoDev.Ioctl.CryptodevLinux.session_op*)argument)->ses;
        }

        return result;
    }

    public override int Poll(short events, int timeoutMilliseconds) => _device.Poll(events, timeoutMilliseconds);

    public override DeviceChannel? Adopt(int descriptor) => _device.Adopt(descriptor);

    protected override bool ReleaseHandle()
    {
        _device.Dispose();
        return true;
    }
}
