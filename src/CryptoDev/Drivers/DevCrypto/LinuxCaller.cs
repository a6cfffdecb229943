using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>cryptodev-linux.</summary>
internal sealed class LinuxCaller : DeviceCaller
{
    private readonly uint _session = CryptodevLinuxTable.CIOCGSESSION.Code();
    private readonly uint _crypt = CryptodevLinuxTable.CIOCCRYPT.Code();
    private readonly uint _authenticated = CryptodevLinuxTable.CIOCAUTHCRYPT.Code();
    private readonly uint _copy = CryptodevLinuxTable.CIOCCPHASH.Code();
    private readonly uint _info = CryptodevLinuxTable.CIOCGSESSINFO.Code();
    private readonly uint _key = CryptodevLinuxTable.CIOCKEY.Code();
    private readonly uint _start = CryptodevLinuxTable.CIOCASYNCCRYPT.Code();
    private readonly uint _fetch = CryptodevLinuxTable.CIOCASYNCFETCH.Code();

    public LinuxCaller(DeviceChannel channel)
        : base(
            channel,
            DialectInfo.CryptodevLinux,
            CryptodevLinuxCodec.Instance,
            CryptodevLinuxTable.CIOCFSESSION,
            CryptodevLinuxTable.CIOCASYMFEAT
        ) => Queue = new DeviceQueue(this);

    public override DeviceQueue Queue { get; }

    public override bool HashesInPieces => true;

    public override TagPlace TagPlace => TagPlace.Attached;

    public override int MostAssociatedData => CryptodevLinuxCodec.MostAssociatedData;

    public override int CreateSession(ref SessionCall call)
    {
        session_op op = CryptodevLinuxCodec.Encode(call);
        int result = Call(_session, ref op);
        call = call with { Session = op.ses };
        return result;
    }

    public override int Crypt(in CryptCall call)
    {
        crypt_op op = CryptodevLinuxCodec.Instance.Encode(call);
        return Call(_crypt, ref op);
    }

    public override int CryptAuthenticated(in CryptCall call)
    {
        crypt_auth_op op = CryptodevLinuxCodec.Instance.EncodeAuth(call);
        return Call(_authenticated, ref op);
    }

    public override int Start(in CryptCall call)
    {
        crypt_op op = CryptodevLinuxCodec.Instance.Encode(call);
        return Call(_start, ref op);
    }

    /// <summary>
    /// The kernel returns results in the order of the calls. The return value of the fetch is the status of the operation.
    /// </summary>
    public override int Fetch(out nint cookie, out int status)
    {
        crypt_op op = default;
        int result = Call(_fetch, ref op);
        cookie = -1;
        status = result < 0 && result != -LibC.EBUSY && !IsLost ? -result : 0;
        return status != 0 ? 0 : result;
    }

    public override int CopyHash(uint to, uint from)
    {
        cphash_op op = new() { dst_ses = to, src_ses = from };
        return Call(_copy, ref op);
    }

    public override DeviceReport Describe(in SessionCall call)
    {
        // A partial copy returns the positive number of missing bytes. Then no name is used, because half a name would be wrong.
        session_info_op info = new() { ses = call.Session };
        if (Call(_info, ref info) != 0)
        {
            return DeviceReport.Nothing;
        }

        string? cipher = NameOf(info.cipher_info);
        string? mac = NameOf(info.hash_info);
        DriverKind kind = (info.flags & SIOP_FLAG_KERNEL_DRIVER_ONLY) != 0 ? DriverKind.Hardware : DriverKind.Generic;
        return call.Cipher != 0
            ? new DeviceReport(cipher, call.Mac != 0 ? mac : null, kind, info.alignmask)
            : new DeviceReport(mac, null, kind, info.alignmask);
    }

    public override int Key(in KeyCall call, out string? driver)
    {
        driver = null;
        crypt_kop op = CryptodevLinuxCodec.Encode(call);
        return CallForKey(_key, ref op);
    }

    private static string? NameOf(in alg_info info) =>
        CryptodevLinuxCodec.DecodeName(info.cra_driver_name) is { Length: > 0 } name ? name : null;
}
