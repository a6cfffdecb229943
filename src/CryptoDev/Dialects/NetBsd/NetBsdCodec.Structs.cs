using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Dialects;

/// <content>Converts structs to calls and back. In the calls with an array, each element has its own status.</content>
internal sealed partial class NetBsdCodec
{
    public static SessionCall Decode(in session_op call) =>
        new()
        {
            Cipher = call.cipher,
            Mac = call.mac,
            Compression = call.comp_alg,
            KeyLength = call.keylen,
            Key = call.key,
            MacKeyLength = call.mackeylen,
            MacKey = call.mackey,
            Session = call.ses,
        };

    // r1.84 does not copy comp_alg here and uses the content of its stack. Here the caller's value is used.
    public static SessionCall Decode(in session_n_op call) =>
        new()
        {
            Cipher = call.cipher,
            Mac = call.mac,
            Compression = call.comp_alg,
            KeyLength = call.keylen,
            Key = call.key,
            MacKeyLength = call.mackeylen,
            MacKey = call.mackey,
            Session = call.ses,
        };

    public static SessionCall Decode(in osession_op call) =>
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
            comp_alg = call.Compression,
            keylen = (uint)call.KeyLength,
            key = call.Key,
            mackeylen = (int)call.MacKeyLength,
            mackey = call.MacKey,
            ses = call.Session,
        };

    public static session_n_op EncodeElement(in SessionCall call, int status) =>
        new()
        {
            cipher = call.Cipher,
            mac = call.Mac,
            comp_alg = call.Compression,
            keylen = (uint)call.KeyLength,
            key = call.Key,
            mackeylen = (int)call.MacKeyLength,
            mackey = call.MacKey,
            ses = call.Session,
            status = status,
        };

    public static osession_op EncodeOld(in SessionCall call) =>
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
            DestinationLength = call.dst_len,
        };

    public CryptCall Decode(in ocrypt_op call) =>
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

    // keylen, key, mackeylen and mackey are not compiled into the kernel.
    public CryptCall Decode(in crypt_n_op call) =>
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
            DestinationLength = call.dst_len,
            Cookie = call.opaque,
            RequestId = call.reqid,
            Status = call.status,
        };

    public CryptCall Decode(in ocrypt_n_op call) =>
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
            Cookie = call.opaque,
            RequestId = call.reqid,
            Status = call.status,
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
            dst_len = call.DestinationLength,
        };

    public ocrypt_op EncodeOld(in CryptCall call) =>
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

    public crypt_n_op EncodeElement(in CryptCall call) =>
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
            dst_len = call.DestinationLength,
            opaque = call.Cookie,
            reqid = call.RequestId,
            status = call.Status,
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
        Decode(call.crk_param, ref result.Parameters);
        return result;
    }

    public static KeyCall Decode(in crypt_n_kop call)
    {
        KeyCall result = new()
        {
            Operation = call.crk_op,
            Status = call.crk_status,
            InputCount = call.crk_iparams,
            OutputCount = call.crk_oparams,
            RequestId = call.crk_reqid,
            Cookie = call.crk_opaque,
        };
        Decode(call.crk_param, ref result.Parameters);
        return result;
    }

    public static crypt_kop Encode(in KeyCall call) =>
        new()
        {
            crk_op = call.Operation,
            crk_status = call.Status,
            crk_iparams = (ushort)call.InputCount,
            crk_oparams = (ushort)call.OutputCount,
            crk_param = Encode(call.Parameters),
        };

    public static crypt_n_kop EncodeElement(in KeyCall call) =>
        new()
        {
            crk_op = call.Operation,
            crk_status = call.Status,
            crk_iparams = (ushort)call.InputCount,
            crk_oparams = (ushort)call.OutputCount,
            crk_reqid = call.RequestId,
            crk_param = Encode(call.Parameters),
            crk_opaque = call.Cookie,
        };

    private static void Decode(in crparam_array from, ref KeySlots to)
    {
        for (int i = 0; i < KeySlots.Count; i++)
        {
            to[i] = new KeySlot(from[i].crp_p, from[i].crp_nbits);
        }
    }

    private static crparam_array Encode(in KeySlots from)
    {
        crparam_array to = default;
        for (int i = 0; i < KeySlots.Count; i++)
        {
            to[i] = new crparam { crp_p = from[i].Address, crp_nbits = from[i].Bits };
        }

        return to;
    }
}
