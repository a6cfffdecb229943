using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>NetBSD.</summary>
internal sealed class NetBsdCaller(DeviceChannel channel)
    : DeviceCaller(channel, DialectInfo.NetBsd, NetBsdCodec.Instance, NetBsdTable.CIOCFSESSION, NetBsdTable.CIOCASYMFEAT)
{
    private readonly uint _session = NetBsdTable.CIOCGSESSION.Code();
    private readonly uint _crypt = NetBsdTable.CIOCCRYPT.Code();
    private readonly uint _key = NetBsdTable.CIOCKEY.Code();

    public override int CreateSession(ref SessionCall call)
    {
        session_op op = NetBsdCodec.Encode(call);
        int result = Call(_session, ref op);
        call = call with { Session = op.ses };
        return result;
    }

    public override int Crypt(in CryptCall call)
    {
        crypt_op op = NetBsdCodec.Instance.Encode(call);
        int result = Call(_crypt, ref op);
        return result == 0 && call.Action is (CryptAction.Compress or CryptAction.Expand) ? (int)op.dst_len : result;
    }

    public override int Key(in KeyCall call, out string? driver)
    {
        driver = null;
        crypt_kop op = NetBsdCodec.Encode(call);
        return CallForKey(_key, ref op);
    }
}
