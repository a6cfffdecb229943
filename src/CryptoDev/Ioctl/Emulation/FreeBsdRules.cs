using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;
using static CryptoDev.Ioctl.FreeBsd;
using Table = CryptoDev.Dialects.FreeBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>FreeBSD 12, 13 and 14. The caller chooses a driver by class or number.</summary>
internal sealed class FreeBsdRules(DevCryptoEmulatorOptions options, FreeBsdCodec codec) : BsdRules(options, codec, codec.Form)
{
    private readonly bool _isTwelve = codec == FreeBsdCodec.Release12;
    private readonly bool _isFourteen = codec == FreeBsdCodec.Release14;

    public override bool OpensRaw => _isTwelve;

    public override bool HasKeyCalls => !_isFourteen;

    // The kernel's loop ends one bit too early, so CRK_DH_COMPUTE_KEY is never set.
    protected override uint HiddenFeatures => 1u << (int)CRK_DH_COMPUTE_KEY;

    protected override IReadOnlyCollection<IoctlInfo> RawIoctls => [Table.CRIOGET, Table.CIOCFINDDEV, Table.CIOCASYMFEAT];

    protected override IEnumerable<(IoctlInfo Info, IoctlHandler Handler)> Handlers =>
        [
            (Table.CRIOGET, Clone),
            (Table.CIOCGSESSION, CreateSession),
            (Table.CIOCGSESSION2, CreateSession2),
            (Table.CIOCFSESSION, FreeSession),
            (Table.CIOCCRYPT, Crypt),
            (Table.CIOCCRYPTAEAD, CryptAead),
            (Table.CIOCFINDDEV, FindDriver),
            (Table.CIOCKEY, _isFourteen ? Refuse : Key),
            (Table.CIOCKEY2, _isFourteen ? Refuse : Key2),
            (Table.CIOCASYMFEAT, _isFourteen ? Refuse : KeyFeatures),
        ];

    // Since 13 CRIOGET opens the device again (COMPAT_FREEBSD12). Before, only the opened device had CRIOGET.
    private int Clone(ref IoctlCall call) => _isTwelve && !call.File.IsRaw ? LibC.EINVAL : NewContext(ref call);

    private int CreateSession(ref IoctlCall call)
    {
        session_op op = Table.SessionOp.Decode(call.Argument, call.WordSize);
        int error = Create(ref call, FreeBsdCodec.Decode(op), out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            Table.SessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int CreateSession2(ref IoctlCall call)
    {
        session2_op op = Table.Session2Op.Decode(call.Argument, call.WordSize);
        int error = Create(ref call, FreeBsdCodec.Decode(op), out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            op.crid = NumberOf(call.File.Kernel, session.DriverName);
            Table.Session2Op.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    private int Create(ref IoctlCall call, in SessionCall asked, out EmulatedSession? session)
    {
        session = null;
        int error = TryDemand(call.File.Kernel, asked.Driver, out DriverDemand demand);
        return error != 0 ? error : OpenSession(ref call, asked, demand, out session);
    }

    private int TryDemand(EmulatedKernel kernel, DriverChoice asked, out DriverDemand demand)
    {
        demand = default;
        bool allowsSoftware = AllowSoft != 0;
        int error = FreeBsdCodec.Allow(asked, allowsSoftware, out DriverChoice allowed);
        if (error != 0)
        {
            return error;
        }

        if (allowed.Hardware || allowed.Software)
        {
            demand = new DriverDemand(allowed.Hardware, allowed.Software);
            return 0;
        }

        if (allowed.DriverId >= kernel.Drivers.Count)
        {
            // If software is not allowed, the kernel first tests the class of the driver, which fails with EINVAL. Otherwise it looks for
            // the driver.
            return allowsSoftware ? Codec.NoDriverError : LibC.EINVAL;
        }

        DriverInfo driver = kernel.Drivers[allowed.DriverId];
        demand = new DriverDemand(Hardware: true, Software: allowsSoftware, driver.Name);
        return demand.Accepts(driver.Kind) ? 0 : LibC.EINVAL;
    }

    private int Crypt(ref IoctlCall call) => Crypt(ref call, codec.Decode(Table.CryptOp.Decode(call.Argument, call.WordSize)), out _);

    private int CryptAead(ref IoctlCall call)
    {
        // FreeBSD 12 has no 32-bit form of this ioctl.
        if (_isTwelve && call.WordSize == WordSize.ILP32)
        {
            return LibC.EINVAL;
        }

        CryptCall asked = codec.Decode(Table.CryptAead.Decode(call.Argument, call.WordSize));
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            int error = codec.PlanAuthenticated(asked, session.Dialect, out CryptPlan plan);
            return error != 0 ? error
                : _isTwelve ? RunWithTagBothWays(ref call, session, plan)
                : CryptRunner.Run(ref call, session, plan, out _);
        }
        finally
        {
            session.Release();
        }
    }

    // FreeBSD 12 copies the tag in before and out after the operation, in both directions. So it must be readable and writable.
    private static int RunWithTagBothWays(ref IoctlCall call, EmulatedSession session, in CryptPlan plan)
    {
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        if (!call.Caller.CopyIn(plan.Tag.Address(), tag))
        {
            return LibC.EFAULT;
        }

        int error = CryptRunner.Run(ref call, session, plan, out _);
        return error == 0 && plan.TagAction == TagAction.Verify && !call.Caller.CopyOut(tag, plan.Tag.Address()) ? LibC.EFAULT : error;
    }

    private static int FindDriver(ref IoctlCall call)
    {
        crypt_find_op op = Table.CryptFindOp.Decode(call.Argument, call.WordSize);
        IReadOnlyList<DriverInfo> drivers = call.File.Kernel.Drivers;
        int number = op.crid;
        if (number == -1)
        {
            string name = FreeBsdCodec.DecodeName(op);
            for (number = 0; number < drivers.Count && !IsCalled(drivers[number], name); number++) { }
        }

        if ((uint)number >= (uint)drivers.Count)
        {
            return LibC.ENOENT;
        }

        Table.CryptFindOp.Encode(
            op.crid == -1 ? op with { crid = number } : FreeBsdCodec.EncodeFind(number, NameOf(drivers[number])),
            call.Argument,
            call.WordSize
        );
        return 0;
    }

    /// <summary>
    /// The name that programs of FreeBSD have for a driver. They know the one that computes without hardware, and ask for it by name.
    /// </summary>
    private static string NameOf(DriverInfo driver) => driver.IsInProcess ? "cryptosoft0" : driver.Name;

    // The kernel compares only as many characters as the caller gives.
    private static bool IsCalled(DriverInfo driver, string name) =>
        driver.Name.StartsWith(name, StringComparison.Ordinal) || NameOf(driver).StartsWith(name, StringComparison.Ordinal);

    private int Key(ref IoctlCall call) => RunKey(ref call, new DriverChoice(Hardware: true, Software: true, 0), tellsDriver: false);

    private int Key2(ref IoctlCall call) => RunKey(ref call, null, tellsDriver: true);

    private int RunKey(ref IoctlCall call, DriverChoice? forced, bool tellsDriver)
    {
        if (!IsOpenForKeys)
        {
            return LibC.EPERM;
        }

        crypt_kop op = Table.CryptKop.Decode(call.Argument, call.WordSize);
        KeyCall key = FreeBsdCodec.Decode(op);

        // If no driver of the wanted kind is allowed, the kernel still runs the operation, and finds no driver.
        int refused = TryDemand(call.File.Kernel, forced ?? key.Driver, out DriverDemand demand);
        int error = KeyRunner.Run(ref call, key, refused == 0 ? demand : default, out string? driver, out _);
        op.crk_status = 0;
        op.crk_crid = tellsDriver && driver is not null ? (uint)NumberOf(call.File.Kernel, driver) : op.crk_crid;
        Table.CryptKop.Encode(op, call.Argument, call.WordSize);
        return error;
    }

    /// <summary>The number of a driver. If the list does not have the driver, the number of its rung.</summary>
    private static int NumberOf(EmulatedKernel kernel, string name)
    {
        string rung = name.Split(':', 2)[0];
        int found = -1;
        for (int i = 0; i < kernel.Drivers.Count; i++)
        {
            if (kernel.Drivers[i].Name == name)
            {
                return i;
            }

            found = kernel.Drivers[i].Name == rung ? i : found;
        }

        return found;
    }
}
