using System.Text;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Dialects;

/// <content>Converts structs to calls and back.</content>
internal abstract partial class FreeBsdCodec
{
    private const int DriverIdBits = 0x00FF_FFFF;

    /// <summary>CIOCGSESSION has no field for the driver. It allows only hardware.</summary>
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
            Driver = new DriverChoice(Hardware: true, Software: false, 0),
        };

    public static SessionCall Decode(in session2_op call) =>
        new()
        {
            Cipher = call.cipher,
            Mac = call.mac,
            KeyLength = call.keylen,
            Key = call.key,
            MacKeyLength = call.mackeylen,
            MacKey = call.mackey,
            Session = call.ses,
            Driver = DecodeDriver(call.crid),
            IvLength = call.ivlen,
            TagLength = call.maclen,
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

    public static session2_op Encode2(in SessionCall call) =>
        new()
        {
            cipher = call.Cipher,
            mac = call.Mac,
            keylen = (uint)call.KeyLength,
            key = call.Key,
            mackeylen = (int)call.MacKeyLength,
            mackey = call.MacKey,
            ses = call.Session,
            crid = EncodeDriver(call.Driver),
            ivlen = call.IvLength,
            maclen = call.TagLength,
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

    public CryptCall Decode(in crypt_aead call) =>
        new()
        {
            Session = call.ses,
            Action = Words.Action(call.op),
            Flags = Words.Flags(call.flags),
            Length = call.len,
            Source = call.src,
            Destination = call.dst,
            Tag = call.tag,
            Iv = call.iv,
            IvLength = call.ivlen,
            AssociatedData = call.aad,
            AssociatedDataLength = call.aadlen,
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

    public crypt_aead EncodeAead(in CryptCall call) =>
        new()
        {
            ses = call.Session,
            op = Words.Number(call.Action),
            flags = Words.Bits(call.Flags),
            len = call.Length,
            src = call.Source,
            dst = call.Destination,
            tag = call.Tag,
            iv = call.Iv,
            ivlen = call.IvLength,
            aad = call.AssociatedData,
            aadlen = call.AssociatedDataLength,
        };

    /// <summary>The field for the driver is for CIOCKEY2. CIOCKEY allows both classes and ignores the field.</summary>
    public static KeyCall Decode(in crypt_kop call)
    {
        KeyCall result = new()
        {
            Operation = call.crk_op,
            Status = call.crk_status,
            InputCount = call.crk_iparams,
            OutputCount = call.crk_oparams,
            Driver = DecodeDriver((int)call.crk_crid),
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
            crk_crid = (uint)EncodeDriver(call.Driver),
        };
        for (int i = 0; i < KeySlots.Count; i++)
        {
            result.crk_param[i] = new crparam { crp_p = call.Parameters[i].Address, crp_nbits = call.Parameters[i].Bits };
        }

        return result;
    }

    /// <summary>The name that CIOCFINDDEV looks for. The kernel always ends it at byte 31.</summary>
    public static string DecodeName(in crypt_find_op call)
    {
        ReadOnlySpan<byte> name = call.name;
        name = name[..^1];
        int end = name.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? name : name[..end]);
    }

    public static crypt_find_op EncodeFind(int driverId, string name)
    {
        crypt_find_op result = new() { crid = driverId };
        Span<byte> bytes = result.name;
        Encoding.Latin1.GetBytes(name.AsSpan(0, Math.Min(name.Length, bytes.Length - 1)), bytes);
        return result;
    }

    // When the kernel returns, no class bit is set, and the field is the id of the driver.
    private static DriverChoice DecodeDriver(int crid) =>
        new((crid & CRYPTO_FLAG_HARDWARE) != 0, (crid & CRYPTO_FLAG_SOFTWARE) != 0, crid & DriverIdBits);

    private static int EncodeDriver(DriverChoice driver) =>
        driver.DriverId | (driver.Hardware ? CRYPTO_FLAG_HARDWARE : 0) | (driver.Software ? CRYPTO_FLAG_SOFTWARE : 0);
}
