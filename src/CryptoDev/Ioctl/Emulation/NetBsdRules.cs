using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>NetBSD with COMPAT_50 (cryptodev.c r1.84): the calls without an array.</summary>
internal sealed partial class NetBsdRules(DevCryptoEmulatorOptions options, NetBsdCodec codec) : BsdRules(options, codec, codec.Form)
{
    // The ids start at 1, because 0 means failure in the calls with an array.
    public override uint? FirstSessionId => 1;

    /// <summary>Positive: hardware only. 0: software too. Negative: software only.</summary>
    protected override DriverDemand Demand
    {
        get
        {
            int allowed = AllowSoft;
            return new DriverDemand(Hardware: allowed >= 0, Software: allowed <= 0);
        }
    }

    protected override int DefaultAllowSoft => 1;

    // The kernel's loop ends one bit too early, so CRK_MOD is never set.
    protected override uint HiddenFeatures => 1u << (int)CRK_MOD;

    protected override IEnumerable<(IoctlInfo Info, IoctlHandler Handler)> Handlers =>
        [
            (Table.CRIOGET, NewContext),
            (Table.CIOCGSESSION, CreateSession),
            (Table.CIOCNGSESSION, CreateSessions),
            (Table.CIOCFSESSION, FreeSession),
            (Table.CIOCNFSESSION, FreeSessions),
            (Table.CIOCCRYPT, Crypt),
            (Table.CIOCNCRYPTM, StartMany),
            (Table.CIOCNCRYPTRET, FetchOne),
            (Table.CIOCNCRYPTRETM, FetchMany),
            (Table.CIOCKEY, Key),
            (Table.CIOCNFKEYM, StartKeys),
            (Table.CIOCASYMFEAT, KeyFeatures),
            (Table.OCIOCGSESSION, CreateOldSession),
            (Table.OCIOCCRYPT, CryptOld),
            (Table.OCIOCNGSESSION, Refuse),
            (Table.OCIOCNCRYPTM, StartOld),
        ];

    public override int UnknownRequestError(uint request) => ErrorBySize(request);

    public override short Poll(EmulatedFile file) => (short)(file.Requests.HasResult ? LibC.POLLIN | LibC.POLLRDNORM : 0);

    private int CreateSession(ref IoctlCall call)
    {
        session_op op = Table.SessionOp.Decode(call.Argument, call.WordSize);
        int error = OpenSession(ref call, NetBsdCodec.Decode(op), Demand, out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            Table.SessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int CreateOldSession(ref IoctlCall call)
    {
        osession_op op = Table.OsessionOp.Decode(call.Argument, call.WordSize);
        int error = OpenSession(ref call, NetBsdCodec.Decode(op), Demand, out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            Table.OsessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int Crypt(ref IoctlCall call)
    {
        crypt_op op = Table.CryptOp.Decode(call.Argument, call.WordSize);
        int error = Crypt(ref call, codec.Decode(op), out int? made);
        if (error == 0 && made is { } length)
        {
            op.dst_len = (uint)length;
            Table.CryptOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int CryptOld(ref IoctlCall call) => Crypt(ref call, codec.Decode(Table.OcryptOp.Decode(call.Argument, call.WordSize)), out _);

    private int Key(ref IoctlCall call)
    {
        crypt_kop op = Table.CryptKop.Decode(call.Argument, call.WordSize);
        int error = KeyRunner.Run(ref call, NetBsdCodec.Decode(op), Demand, out _, out _);
        op.crk_status = 0;
        Table.CryptKop.Encode(op, call.Argument, call.WordSize);
        return error;
    }
}
