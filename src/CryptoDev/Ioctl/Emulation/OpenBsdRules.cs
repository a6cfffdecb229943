using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.OpenBsd;
using Table = CryptoDev.Dialects.OpenBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>OpenBSD of 2002 and of 2012 to 2014. The opened device takes only CRIOGET, which gives contexts.</summary>
internal sealed class OpenBsdRules(DevCryptoEmulatorOptions options, OpenBsdCodec codec) : BsdRules(options, codec, codec.Form)
{
    private readonly bool _isOld = codec == OpenBsdCodec.Year2002;

    public override bool OpensRaw => true;

    // The default is 0 since some time between 2004 and 2012.
    protected override int DefaultUserCrypto => _isOld ? 1 : 0;

    // There was no such switch in 2002.
    protected override int DefaultUserAsymCrypto => _isOld ? 1 : 0;

    // The kernel's loop ends one bit too early, so CRK_DH_COMPUTE_KEY is never set.
    protected override uint HiddenFeatures => 1u << (int)CRK_DH_COMPUTE_KEY;

    protected override IReadOnlyCollection<IoctlInfo> RawIoctls => [Table.CRIOGET];

    protected override IEnumerable<(IoctlInfo Info, IoctlHandler Handler)> Handlers =>
        [
            (Table.CRIOGET, Clone),
            (Table.CIOCGSESSION, CreateSession),
            (Table.CIOCFSESSION, FreeSession),
            (Table.CIOCCRYPT, Crypt),
            (Table.CIOCKEY, Key),
            (Table.CIOCASYMFEAT, KeyFeatures),
        ];

    public override int UnknownRequestError(uint request) => ErrorBySize(request);

    private static int Clone(ref IoctlCall call) => call.File.IsRaw ? NewContext(ref call) : LibC.EINVAL;

    private int CreateSession(ref IoctlCall call)
    {
        session_op op = Table.SessionOp.Decode(call.Argument, call.WordSize);
        int error = OpenSession(ref call, OpenBsdCodec.Decode(op), Demand, out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            Table.SessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int Crypt(ref IoctlCall call) => Crypt(ref call, codec.Decode(Table.CryptOp.Decode(call.Argument, call.WordSize)), out _);

    private int Key(ref IoctlCall call)
    {
        crypt_kop op = Table.CryptKop.Decode(call.Argument, call.WordSize);
        int error = KeyRunner.Run(ref call, OpenBsdCodec.Decode(op), Demand, out _, out bool hasStarted);

        // r1.42 of 2002 leaves the driver's status in the struct and returns 0. Later revisions return the status as errno.
        bool isTold = _isOld && hasStarted && error != LibC.EFAULT;
        op.crk_status = isTold ? (uint)error : 0;
        Table.CryptKop.Encode(op, call.Argument, call.WordSize);
        return isTold ? 0 : error;
    }
}
