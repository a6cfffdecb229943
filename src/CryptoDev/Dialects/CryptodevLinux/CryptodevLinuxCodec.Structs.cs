using System.Text;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Dialects;

/// <content>Converts structs to calls and back.</content>
internal sealed partial class CryptodevLinuxCodec
{
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
            mackeylen = (uint)call.MacKeyLength,
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

    /// <summary>Sets the flags for every call, because the kernel writes its own NO_ZC to the caller's struct.</summary>
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

    public CryptCall Decode(in crypt_auth_op call) =>
        new()
        {
            Session = call.ses,
            Action = Words.Action(call.op),
            Flags = Words.Flags(call.flags),
            Length = call.len,
            Source = call.src,
            Destination = call.dst,
            Tag = call.tag,
            TagLength = call.tag_len,
            Iv = call.iv,
            IvLength = call.iv_len,
            AssociatedData = call.auth_src,
            AssociatedDataLength = call.auth_len,
        };

    public crypt_auth_op EncodeAuth(in CryptCall call) =>
        new()
        {
            ses = call.Session,
            op = Words.Number(call.Action),
            flags = Words.Bits(call.Flags),
            len = call.Length,
            src = call.Source,
            dst = call.Destination,
            tag = call.Tag,
            tag_len = call.TagLength,
            iv = call.Iv,
            iv_len = call.IvLength,
            auth_src = call.AssociatedData,
            auth_len = call.AssociatedDataLength,
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

    /// <summary>Converts a kernel's name of CIOCGSESSINFO to a string.</summary>
    public static string DecodeName(in alg_name name)
    {
        ReadOnlySpan<byte> bytes = name;
        int end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Converts a name for CIOCGSESSINFO. It is cut so that a zero byte ends it.</summary>
    public static alg_name EncodeName(string name)
    {
        alg_name result = default;
        Span<byte> bytes = result;
        Encoding.Latin1.GetBytes(name.AsSpan(0, Math.Min(name.Length, bytes.Length - 1)), bytes);
        return result;
    }
}
