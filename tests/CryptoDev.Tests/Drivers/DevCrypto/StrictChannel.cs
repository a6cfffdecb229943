using CryptoDev.Dialects;
using CryptoDev.Drivers.Kernel;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using Xunit.Sdk;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// A device that does to its clients what real kernels do, in front of an emulated one. A null pointer to data is a dead kernel, and so is
/// a request of more than 64 KiB to a card: both fail the test. Where it is told to have a card, it names the card's driver and sets no
/// flag, as virtio, QAT, Chelsio and HiSilicon do. Working page by page off its alignment is what the emulated device does itself.
/// </summary>
internal sealed unsafe class StrictChannel : DeviceChannel
{
    private readonly DeviceChannel _inner;
    private readonly string _form;
    private readonly DialectInfo _dialect;
    private readonly StrictChannel _first;
    private readonly Dictionary<uint, SessionCall> _sessions = [];
    private readonly Lock _lock = new();

    public StrictChannel(string form, DeviceChannel inner, StrictChannel? first = null)
    {
        _form = form;
        _dialect = DeviceUnderWatch.DialectOf(form);
        _inner = inner;
        _first = first ?? this;
        SetHandle(0);
    }

    /// <summary>The kernel driver that sessions of a cipher are on; null: what the emulated device says.</summary>
    public string? Card { get; init; }

    /// <summary>How many operations the device was asked for.</summary>
    public int Operations { get; private set; }

    /// <summary>What killed the kernel. A driver that swallows the exception is found by it.</summary>
    public List<string> Deaths { get; } = [];

    public override int Ioctl(uint request, void* argument)
    {
        string? name = _dialect.Ioctls.FirstOrDefault(ioctl => ioctl.Code() == request)?.Name;
        SessionCall? opening = DecodeSession(name, argument);
        if (opening is { } asked)
        {
            Check(asked);
        }

        foreach (CryptCall call in DecodeCalls(name, argument))
        {
            Check(name!, call);
        }

        int result = _inner.Ioctl(request, argument);
        if (result >= 0 && DecodeSession(name, argument) is { } opened)
        {
            lock (_first._lock)
            {
                _first._sessions[opened.Session] = opened;
            }
        }

        if (result >= 0 && name == "CIOCGSESSINFO" && _first.Card is { } card)
        {
            Name(card, (CryptodevLinux.session_info_op*)argument);
        }

        return result;
    }

    public override int Poll(short events, int timeoutMilliseconds) => _inner.Poll(events, timeoutMilliseconds);

    public override DeviceChannel? Adopt(int descriptor) =>
        _inner.Adopt(descriptor) is { } adopted ? new StrictChannel(_form, adopted, _first) : null;

    protected override bool ReleaseHandle()
    {
        _inner.Dispose();
        return true;
    }

    private static void Name(string card, CryptodevLinux.session_info_op* info)
    {
        info->flags = 0;
        if (info->cipher_info.cra_name[0] != 0)
        {
            info->cipher_info.cra_driver_name = CryptodevLinuxCodec.EncodeName(card);
        }
        else
        {
            info->hash_info.cra_driver_name = CryptodevLinuxCodec.EncodeName(card);
        }
    }

    /// <summary>A key that a session has is at an address, whatever its length.</summary>
    private void Check(in SessionCall call)
    {
        Demand(call.KeyLength == 0 || call.Key != 0, "a cipher key at address 0");
        Demand(call.MacKeyLength == 0 || call.MacKey != 0, "a MAC key at address 0");
    }

    private void Check(string name, in CryptCall call)
    {
        SessionCall session;
        lock (_first._lock)
        {
            _first.Operations++;
            if (!_first._sessions.TryGetValue(call.Session, out session))
            {
                return;
            }
        }

        bool isAead = name is "CIOCAUTHCRYPT" or "CIOCCRYPTAEAD";
        bool isFinal = session.Mac != 0 && !call.Has(CryptCallFlags.Update);
        Demand(call.Source != 0, $"{name} with src 0, length {call.Length}");
        Demand((session.Cipher == 0 && session.Compression == 0) || call.Destination != 0, $"{name} with dst 0, length {call.Length}");
        Demand(!isAead || call.Iv != 0, $"{name} without an IV");
        Demand(!isAead || call.AssociatedData != 0, $"{name} with associated data at 0, length {call.AssociatedDataLength}");
        Demand(name != "CIOCCRYPTAEAD" || call.Tag != 0, $"{name} with its tag at 0");
        Demand(isAead || !isFinal || call.Tag != 0, $"{name} with its mac at 0");

        // When decrypting, the length counts the tag already.
        long bytes = call.Length + (long)call.AssociatedDataLength + (call.Action == CryptAction.Encrypt ? call.TagLength : 0);
        Demand(_first.Card is null || bytes <= HardwareRequest.MostBytes, $"{name} of {call.Length} bytes to a card, which hangs for ever");
    }

    private void Demand(bool holds, string what)
    {
        if (!holds)
        {
            _first.Deaths.Add(what);
            throw new XunitException($"This request kills a kernel: {what}.");
        }
    }

    private SessionCall? DecodeSession(string? name, void* argument) =>
        (name, _form.Split(' ')[0]) switch
        {
            ("CIOCGSESSION", "cryptodev-linux") => CryptodevLinuxCodec.Decode(*(CryptodevLinux.session_op*)argument),
            ("CIOCGSESSION", "netbsd") => NetBsdCodec.Decode(*(NetBsd.session_op*)argument),
            ("CIOCGSESSION2", "freebsd") => FreeBsdCodec.Decode(*(FreeBsd.session2_op*)argument),
            ("CIOCGSESSION", "openbsd") => OpenBsdCodec.Decode(*(OpenBsd.session_op*)argument),
            _ => null,
        };

    private CryptCall[] DecodeCalls(string? name, void* argument) =>
        (name, _form.Split(' ')[0]) switch
        {
            ("CIOCCRYPT" or "CIOCASYNCCRYPT", "cryptodev-linux") =>
            [
                CryptodevLinuxCodec.Instance.Decode(*(CryptodevLinux.crypt_op*)argument),
            ],
            ("CIOCAUTHCRYPT", _) => [CryptodevLinuxCodec.Instance.Decode(*(CryptodevLinux.crypt_auth_op*)argument)],
            ("CIOCCRYPT", "netbsd") => [NetBsdCodec.Release10.Decode(*(NetBsd.crypt_op*)argument)],
            ("CIOCNCRYPTM", "netbsd") => Elements((NetBsd.crypt_mop*)argument),
            ("CIOCCRYPT", "freebsd") => [FreeBsdCodec.Release14.Decode(*(FreeBsd.crypt_op*)argument)],
            ("CIOCCRYPTAEAD", _) => [FreeBsdCodec.Release14.Decode(*(FreeBsd.crypt_aead*)argument)],
            ("CIOCCRYPT", "openbsd") => [OpenBsdCodec.Year2014.Decode(*(OpenBsd.crypt_op*)argument)],
            _ => [],
        };

    private static CryptCall[] Elements(NetBsd.crypt_mop* many)
    {
        ReadOnlySpan<NetBsd.crypt_n_op> elements = new((void*)many->reqs, (int)many->count);
        CryptCall[] calls = new CryptCall[elements.Length];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = NetBsdCodec.Release10.Decode(elements[i]);
        }

        return calls;
    }
}
