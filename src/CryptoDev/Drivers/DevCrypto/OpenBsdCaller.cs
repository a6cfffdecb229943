using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using static CryptoDev.Ioctl.OpenBsd;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>OpenBSD.</summary>
internal sealed class OpenBsdCaller(DeviceChannel channel, OpenBsdCodec codec)
    : DeviceCaller(channel, DialectInfo.OpenBsd, codec, OpenBsdTable.CIOCFSESSION, OpenBsdTable.CIOCASYMFEAT)
{
    private readonly uint _session = OpenBsdTable.CIOCGSESSION.Code();
    private readonly uint _crypt = OpenBsdTable.CIOCCRYPT.Code();
    private readonly uint _key = OpenBsdTable.CIOCKEY.Code();

    public override int CreateSession(ref SessionCall call)
    {
        session_op op = OpenBsdCodec.Encode(call);
        int result = Call(_session, ref op);
        call = call with { Session = op.ses };
        return result;
    }

    public override int Crypt(in CryptCall call)
    {
        crypt_op op = codec.Encode(call);
        return Call(_crypt, ref op);
    }

    public override int Key(in KeyCall call, out string? driver)
    {
        driver = null;
        crypt_kop op = OpenBsdCodec.Encode(call);
        int result = CallForKey(_key, ref op);

        // r1.42 (2002) always succeeds and puts the driver's status into the struct. Later kernels return it as an errno.
        return result == 0 && op.crk_status != 0 ? -(int)op.crk_status : result;
    }
}
