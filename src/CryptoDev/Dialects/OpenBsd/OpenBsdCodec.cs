using CryptoDev.Native;
using static CryptoDev.Ioctl.OpenBsd;

namespace CryptoDev.Dialects;

/// <summary>
/// OpenBSD's device. Operations are always "MAC, then cipher" over the unchanged bytes, and no operation ever fails because of a tag.
/// </summary>
internal sealed class OpenBsdCodec : BsdCodec
{
    private readonly bool _refusesEmpty;

    private OpenBsdCodec(string form, AlgorithmNumberTable numbers, KeyNumberTable keyOperations, uint mostBytes, bool refusesEmpty)
        : base(form, numbers, keyOperations, OpenBsdTable.Words, mostBytes) => _refusesEmpty = refusesEmpty;

    /// <summary>OpenBSD from 2002 to early 2004.</summary>
    public static OpenBsdCodec Year2002 { get; } =
        new("openbsd 2002", OpenBsdTable.Numbers2002, KeyNumberTable.Unbounded, (256 * 1024) - 4, refusesEmpty: false);

    /// <summary>OpenBSD from 2012 until the device was removed in 2014.</summary>
    public static OpenBsdCodec Year2014 { get; } =
        new("openbsd 2014", OpenBsdTable.Numbers2014, KeyNumberTable.Classic, (64 * 1024) - 4, refusesEmpty: true);

    public static SessionCall Decode(in session_op call) =>
        new()
        {
            Cipher = call.cipher,
            Mac = call.mac,
            KeyLength = call.keylen,
            Key = call.key,
            MacKeyLength = call.mackeylen,
            MacKey = call.mackey,
            Session = call.ses,
        };

    public static session_op Encode(in SessionCall call) =>
        new()
        {
            cipher = call.Cipher,
            mac = call.Mac,
            keylen = (uint)call.KeyLength,
            key = call.Key,
            mackeylen = (int)call.MacKeyLength,
            mackey = call.MacKey,
            ses = call.Session,
        };

    public CryptCall Decode(in crypt_op call) =>
        new()
        {
            Session = call.ses,
            Action = Words.Action(call.op),
            Flags = Words.Flags(call.flags),
            Length = call.len,
            Source = call.src,
            Destination = call.dst,
            Tag = call.mac,
            Iv = call.iv,
        };

    public crypt_op Encode(in CryptCall call) =>
        new()
        {
            ses = call.Session,
            op = Words.Number(call.Action),
            flags = Words.Bits(call.Flags),
            len = call.Length,
            src = call.Source,
            dst = call.Destination,
            mac = call.Tag,
            iv = call.Iv,
        };

    public static KeyCall Decode(in crypt_kop call)
    {
        KeyCall result = new()
        {
            Operation = call.crk_op,
            Status = call.crk_status,
            InputCount = call.crk_iparams,
            OutputCount = call.crk_oparams,
        };
        for (int i = 0; i < KeySlots.Count; i++)
        {
            result.Parameters[i] = new KeySlot(call.crk_param[i].crp_p, call.crk_param[i].crp_nbits);
        }

        return result;
    }

    public static crypt_kop Encode(in KeyCall call)
    {
        crypt_kop result = new()
        {
            crk_op = call.Operation,
            crk_status = call.Status,
            crk_iparams = (ushort)call.InputCount,
            crk_oparams = (ushort)call.OutputCount,
        };
        for (int i = 0; i < KeySlots.Count; i++)
        {
            result.crk_param[i] = new crparam { crp_p = call.Parameters[i].Address, crp_nbits = call.Parameters[i].Bits };
        }

        return result;
    }

    public override int Plan(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (call.Length > MostBytes)
        {
            return LibC.E2BIG;
        }

        if (session.Cipher is not null && ((_refusesEmpty && call.Length == 0) || call.Length % session.BlockSize != 0))
        {
            return LibC.EINVAL;
        }

        CryptAction action = EncryptOrElse(call.Action);
        plan = ClassicIv(
            call,
            session,
            Begin(call, session) with
            {
                Action = action,
                MacOrder = OrderOf(action, cipherFirst: false),
                LateError = call.Tag != 0 && session.TagSize == 0 ? LibC.EINVAL : 0,
            }
        );
        return 0;
    }

    protected override bool AcceptsMate(AlgorithmNumber cipher, in SessionCall call, out bool repeatsKey)
    {
        // There is no AEAD row, because the session call never had one.
        repeatsKey = false;
        return false;
    }

    protected override bool ServesBothDirections(MacOrder order) => false;

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength) =>
        "OpenBSD's session call takes no AEAD";
}
