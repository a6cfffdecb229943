using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>What the BSDs' devices have in common: switches, and sessions that remember nothing.</summary>
internal abstract class BsdRules(DevCryptoEmulatorOptions options, BsdCodec codec, string form) : DialectRules(options, codec, form)
{
    public override bool IsOpenToUsers => (Options.UserCrypto ?? DefaultUserCrypto) != 0;

    /// <summary>kern.usercrypto where nobody has set it.</summary>
    protected virtual int DefaultUserCrypto => 1;

    /// <summary>kern.userasymcrypto.</summary>
    protected bool IsOpenForKeys => (Options.UserAsymCrypto ?? 1) != 0;

    /// <summary>kern.cryptodevallowsoft, whose sense differs.</summary>
    protected int AllowSoft => Options.AllowSoft ?? DefaultAllowSoft;

    protected virtual int DefaultAllowSoft => 0;

    /// <summary>Which drivers the switch lets serve.</summary>
    protected virtual DriverDemand Demand => new(Hardware: true, Software: AllowSoft != 0);

    /// <summary>The bits of CIOCASYMFEAT that the kernel's loop never comes to.</summary>
    protected virtual uint HiddenFeatures => 0;

    /// <summary>CIOCASYMFEAT.</summary>
    protected int KeyFeatures(ref IoctlCall call)
    {
        WriteNumber(call, IsOpenForKeys ? KeyRunner.Features(call.File.Kernel, Demand) & ~HiddenFeatures : 0);
        return 0;
    }

    /// <summary>CIOCCRYPT.</summary>
    protected int Crypt(ref IoctlCall call, in CryptCall asked, out int written)
    {
        written = 0;
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            int error = Codec.Plan(asked, session.Dialect, out CryptPlan plan);
            return error != 0 ? error : CryptRunner.Run(ref call, session, plan, out written);
        }
        finally
        {
            session.Release();
        }
    }
}
