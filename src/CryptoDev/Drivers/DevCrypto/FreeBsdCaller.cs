using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>FreeBSD. Sessions are always created with CIOCGSESSION2, because the older call means hardware only.</summary>
internal sealed class FreeBsdCaller(DeviceChannel channel, FreeBsdCodec codec)
    : DeviceCaller(channel, DialectInfo.FreeBsd, codec, FreeBsdTable.CIOCFSESSION, FreeBsdTable.CIOCASYMFEAT)
{
    private readonly uint _session = FreeBsdTable.CIOCGSESSION2.Code();
    private readonly uint _crypt = FreeBsdTable.CIOCCRYPT.Code();
    private readonly uint _authenticated = FreeBsdTable.CIOCCRYPTAEAD.Code();
    private readonly uint _find = FreeBsdTable.CIOCFINDDEV.Code();
    private readonly uint _key = FreeBsdTable.CIOCKEY2.Code();

    public override bool VerifiesMac => codec != FreeBsdCodec.Release12;

    public override TagPlace TagPlace => TagPlace.Apart;

    /// <summary>
    /// Requests hardware first. Afterwards <see cref="SessionCall.Driver"/> holds the kernel's choice: the class that opened the session,
    /// and the driver's id.
    /// </summary>
    public override int CreateSession(ref SessionCall call)
    {
        SessionCall asked = call with { Driver = new DriverChoice(Hardware: true, Software: false, 0) };
        int result = Create(ref asked);
        if (result is -LibC.EINVAL or -LibC.EOPNOTSUPP)
        {
            asked = call with { Driver = new DriverChoice(Hardware: true, Software: true, 0) };
            result = Create(ref asked);
        }

        call = asked;
        return result;
    }

    public override int Crypt(in CryptCall call)
    {
        crypt_op op = codec.Encode(call);
        return Call(_crypt, ref op);
    }

    public override int CryptAuthenticated(in CryptCall call)
    {
        crypt_aead op = codec.EncodeAead(call);
        return Call(_authenticated, ref op);
    }

    public override DeviceReport Describe(in SessionCall call) =>
        new(NameOf(call.Driver.DriverId), null, call.Driver.Software ? DriverKind.Generic : DriverKind.Hardware, 0);

    public override int Key(in KeyCall call, out string? driver)
    {
        KeyCall asked = call;
        asked.Driver = new DriverChoice(Hardware: true, Software: true, 0);
        crypt_kop op = FreeBsdCodec.Encode(asked);
        int result = CallForKey(_key, ref op);
        driver = result == 0 ? NameOf(FreeBsdCodec.Decode(op).Driver.DriverId) : null;
        return result;
    }

    private int Create(ref SessionCall call)
    {
        session2_op op = FreeBsdCodec.Encode2(call);
        int result = Call(_session, ref op);
        if (result == 0)
        {
            // The kernel returns no class bit, only the id. The class stays as requested.
            call = call with
            {
                Session = op.ses,
                Driver = call.Driver with { DriverId = FreeBsdCodec.Decode(op).Driver.DriverId },
            };
        }

        return result;
    }

    private string? NameOf(int driver)
    {
        crypt_find_op op = FreeBsdCodec.EncodeFind(driver, string.Empty);
        return Call(_find, ref op) == 0 && FreeBsdCodec.DecodeName(op) is { Length: > 0 } name ? name : null;
    }
}
