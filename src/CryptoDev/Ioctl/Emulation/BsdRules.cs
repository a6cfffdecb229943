using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>What the devices of the BSDs share: the switches, and sessions that keep no state between operations.</summary>
internal abstract class BsdRules(DevCryptoEmulatorOptions options, BsdCodec codec, string form) : DialectRules(options, codec, form)
{
    private readonly KernelSwitch _userCrypto = new(options.UserCrypto);
    private readonly KernelSwitch _userAsymCrypto = new(options.UserAsymCrypto);
    private readonly KernelSwitch _allowSoft = new(options.AllowSoft);

    public override IReadOnlyList<Sysctl> Sysctls { get; } = SysctlTable.For(options.Dialect, form);

    public override bool IsOpenToUsers => _userCrypto.Or(DefaultUserCrypto) != 0;

    /// <summary>The default of kern.usercrypto.</summary>
    protected virtual int DefaultUserCrypto => 1;

    /// <summary>kern.userasymcrypto.</summary>
    protected bool IsOpenForKeys => _userAsymCrypto.Or(DefaultUserAsymCrypto) != 0;

    /// <summary>The default of kern.userasymcrypto.</summary>
    protected virtual int DefaultUserAsymCrypto => 1;

    /// <summary>
    /// kern.cryptodevallowsoft. Its meaning differs between the BSDs. It may change between two reads, so an ioctl reads it once.
    /// </summary>
    protected int AllowSoft => _allowSoft.Or(DefaultAllowSoft);

    protected virtual int DefaultAllowSoft => 0;

    /// <summary>The drivers that the switch allows.</summary>
    protected virtual DriverDemand Demand => new(Hardware: true, Software: AllowSoft != 0);

    /// <summary>The bits that CIOCASYMFEAT never gives, because the kernel's loop ends too early.</summary>
    protected virtual uint HiddenFeatures => 0;

    public override int? Get(SwitchName which) =>
        which switch
        {
            SwitchName.UserCrypto => _userCrypto.Or(DefaultUserCrypto),
            SwitchName.UserAsymCrypto => _userAsymCrypto.Or(DefaultUserAsymCrypto),
            _ => AllowSoft,
        };

    public override bool TrySet(SwitchName which, int value)
    {
        KernelSwitch wanted = which switch
        {
            SwitchName.UserCrypto => _userCrypto,
            SwitchName.UserAsymCrypto => _userAsymCrypto,
            _ => _allowSoft,
        };
        wanted.Set(value);
        return true;
    }

    /// <summary>
    /// The errno of NetBSD and OpenBSD for an unknown request. No argument may be longer than a page. That is checked before the device is
    /// asked, and fails with ENOTTY.
    /// </summary>
    protected static int ErrorBySize(uint request)
    {
        const int SizeShift = 16;
        const uint SizeMask = 0x1fff;
        const uint LongestArgument = 4096;
        return ((request >> SizeShift) & SizeMask) > LongestArgument ? LibC.ENOTTY : LibC.EINVAL;
    }

    /// <summary>CIOCASYMFEAT.</summary>
    protected int KeyFeatures(ref IoctlCall call)
    {
        WriteNumber(call, IsOpenForKeys ? KeyRunner.Features(call.File.Kernel, Demand) & ~HiddenFeatures : 0);
        return 0;
    }

    /// <summary>CIOCCRYPT. <paramref name="made"/> is the length of a compressor's output, or null without a compressor.</summary>
    protected int Crypt(ref IoctlCall call, in CryptCall asked, out int? made)
    {
        made = null;
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            int written = 0;
            int error = Codec.Plan(asked, session.Dialect, out CryptPlan plan);
            error = error != 0 ? error : CryptRunner.Run(ref call, session, plan, out written);
            made = session.Compression is null ? null : written;
            return error;
        }
        finally
        {
            session.Release();
        }
    }
}
