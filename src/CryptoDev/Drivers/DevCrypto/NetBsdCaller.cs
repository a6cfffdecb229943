using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>NetBSD.</summary>
internal sealed class NetBsdCaller : DeviceCaller
{
    private readonly uint _session = NetBsdTable.CIOCGSESSION.Code();
    private readonly uint _crypt = NetBsdTable.CIOCCRYPT.Code();
    private readonly uint _key = NetBsdTable.CIOCKEY.Code();
    private readonly uint _startKeys = NetBsdTable.CIOCNFKEYM.Code();
    private readonly uint _start = NetBsdTable.CIOCNCRYPTM.Code();
    private readonly uint _fetch = NetBsdTable.CIOCNCRYPTRETM.Code();

    private readonly NetBsdCodec _codec;

    public NetBsdCaller(DeviceChannel channel, NetBsdCodec codec)
        : base(channel, DialectInfo.NetBsd, codec, NetBsdTable.CIOCFSESSION, NetBsdTable.CIOCASYMFEAT)
    {
        _codec = codec;
        Queue = new DeviceQueue(this);
    }

    public override DeviceQueue Queue { get; }

    public override int CreateSession(ref SessionCall call)
    {
        session_op op = NetBsdCodec.Encode(call);
        int result = Call(_session, ref op);
        call = call with { Session = op.ses };
        return result;
    }

    public override int Crypt(in CryptCall call)
    {
        crypt_op op = _codec.Encode(call);
        int result = Call(_crypt, ref op);
        return result == 0 && call.Action is (CryptAction.Compress or CryptAction.Expand) ? (int)op.dst_len : result;
    }

    public override unsafe int Start(in CryptCall call)
    {
        crypt_n_op op = _codec.EncodeElement(call);

        // SAFETY: the element is on this stack frame, and the call copies it in and out before it returns.
        crypt_mop many = new() { count = 1, reqs = (nint)(&op) };
        int result = Call(_start, ref many);
        return result < 0 ? result : -op.status;
    }

    /// <summary>
    /// Fetches one result at a time, and only after poll reports that one waits. The kernel of 2015 spins until as many results arrived as
    /// were requested. It writes the status only on failure, so the field begins as 0.
    /// </summary>
    public override unsafe int Fetch(out nint cookie, out int status)
    {
        crypt_result answer = default;

        // SAFETY: as above.
        cryptret one = new() { count = 1, results = (nint)(&answer) };
        int result = Call(_fetch, ref one);
        cookie = answer.opaque;
        status = (int)answer.status;
        return result < 0 ? result
            : one.count == 0 ? -LibC.EBUSY
            : 0;
    }

    public override int Key(in KeyCall call, out string? driver)
    {
        driver = null;
        crypt_kop op = NetBsdCodec.Encode(call);
        return CallForKey(_key, ref op);
    }

    public override bool TakesManyKeys => true;

    public override unsafe int StartKeys(ReadOnlySpan<KeyCall> calls, Span<int> statuses)
    {
        crypt_n_kop[] ops = new crypt_n_kop[calls.Length];
        for (int i = 0; i < ops.Length; i++)
        {
            ops[i] = NetBsdCodec.EncodeElement(calls[i]);
        }

        int result;

        // SAFETY: the call copies the elements in and out before it returns.
        fixed (crypt_n_kop* first = ops)
        {
            crypt_mkop many = new() { count = (nuint)ops.Length, reqs = (nint)first };
            result = CallForKey(_startKeys, ref many);
        }

        for (int i = 0; i < ops.Length; i++)
        {
            // The kernel of 2015 writes 0 over the status of an element that it could not start. Such an element has no id.
            statuses[i] =
                ops[i].crk_status != 0 ? (int)ops[i].crk_status
                : ops[i].crk_reqid == 0 ? LibC.EIO
                : 0;
        }

        return result;
    }
}
