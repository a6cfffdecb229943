using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>cryptodev-linux 1.14, built with its asynchronous calls.</summary>
internal sealed class LinuxRules : DialectRules
{
    /// <summary>MAX_COP_RINGSIZE.</summary>
    private const int RingSize = 64;

    private readonly CryptodevLinuxCodec _codec;

    public LinuxRules(DevCryptoEmulatorOptions options)
        : base(options, CryptodevLinuxCodec.Instance, CryptodevLinuxCodec.Instance.Form) => _codec = CryptodevLinuxCodec.Instance;

    public override uint? FirstSessionId => null;

    public override int RequestsPerFile => Math.Min(RingSize, Options.Limits.RequestsPerFile);

    public override bool RunsInOrder => true;

    protected override bool KeepsState => true;

    protected override IEnumerable<(IoctlInfo Info, IoctlHandler Handler)> Handlers =>
        [
            (Table.CRIOGET, Duplicate),
            (Table.CIOCGSESSION, CreateSession),
            (Table.CIOCFSESSION, ForgetSession),
            (Table.CIOCCRYPT, Crypt),
            (Table.CIOCKEY, Key),
            (Table.CIOCASYMFEAT, KeyFeatures),
            (Table.CIOCGSESSINFO, SessionInfo),
            (Table.CIOCAUTHCRYPT, AuthCrypt),
            (Table.CIOCASYNCCRYPT, Start),
            (Table.CIOCASYNCFETCH, Fetch),
            (Table.CIOCCPHASH, CopyHash),
        ];

    public override short Poll(EmulatedFile file) =>
        (short)(
            (file.Requests.HasResult ? LibC.POLLIN | LibC.POLLRDNORM : 0) | (file.Requests.HasRoom ? LibC.POLLOUT | LibC.POLLWRNORM : 0)
        );

    // Gives another descriptor of the same open file. If it fails, the kernel writes the errno to the result and returns 0.
    private static int Duplicate(ref IoctlCall call)
    {
        int descriptor = call.Caller.InstallDescriptor(call.File);
        if (descriptor == -LibC.EOPNOTSUPP)
        {
            return LibC.EOPNOTSUPP;
        }

        WriteNumber(call, (uint)descriptor);
        return 0;
    }

    private int CreateSession(ref IoctlCall call)
    {
        session_op op = Table.SessionOp.Decode(call.Argument, call.WordSize);
        int error = OpenSession(ref call, CryptodevLinuxCodec.Decode(op), DriverDemand.Any, out EmulatedSession? session);
        if (error == 0)
        {
            op.ses = session!.Id;
            Table.SessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    // The kernel's test for an unknown id can never be true (1.14), so it always returns 0.
    private static int ForgetSession(ref IoctlCall call)
    {
        FreeSession(ref call);
        return 0;
    }

    private int Crypt(ref IoctlCall call)
    {
        CryptCall asked = _codec.Decode(Table.CryptOp.Decode(call.Argument, call.WordSize));
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            int error = Plan(asked, session, out CryptPlan plan);
            return error != 0 ? error : CryptRunner.Run(ref call, session, plan, out _);
        }
        finally
        {
            session.Release();
        }
    }

    private int Plan(in CryptCall asked, EmulatedSession session, out CryptPlan plan)
    {
        int error = _codec.Plan(asked, session.Dialect, out plan);

        // cryptodev-linux never discards a cipher's result. It writes to address 0 like to any other address, which fails.
        return error == 0 && plan.Destination == 0 && plan.DestinationLength != 0 ? LibC.EFAULT : error;
    }

    private int AuthCrypt(ref IoctlCall call)
    {
        crypt_auth_op op = Table.CryptAuthOp.Decode(call.Argument, call.WordSize);
        CryptCall asked = _codec.Decode(op);
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            CryptPlan plan;
            int error;
            lock (session.Gate)
            {
                // The lock is needed, because a call with a shorter tag changes the session's tag length.
                error = _codec.PlanAuthenticated(asked, session.Dialect, out plan);
            }

            int written = 0;
            error =
                error != 0 ? error
                : (plan.Destination == 0 && plan.DestinationLength != 0)
                || (plan.AuthMode == AuthMode.Srtp && plan.Tag == 0 && plan.TagLength != 0)
                    ? LibC.EFAULT
                : CryptRunner.Run(ref call, session, plan, out written);
            if (error == 0)
            {
                op.len = (uint)written;
                op.tag = plan.IsTagAttached ? plan.Tag : op.tag;
                op.tag_len = (uint)plan.TagLength;
                Table.CryptAuthOp.Encode(op, call.Argument, call.WordSize);
            }

            return error;
        }
        finally
        {
            session.Release();
        }
    }

    private int Start(ref IoctlCall call)
    {
        crypt_op op = Table.CryptOp.Decode(call.Argument, call.WordSize);
        CryptCall asked = _codec.Decode(op);
        if (asked.Has(CryptCallFlags.NoZeroCopy))
        {
            return LibC.EINVAL;
        }

        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        CryptJob? job = null;
        int mistake = Plan(asked, session, out CryptPlan plan);
        int error = mistake != 0 ? 0 : CryptJob.TryCopyIn(call.File, session, plan, call.Caller, out job);
        session.Release();
        if (error != 0)
        {
            // The kernel returns EFAULT also when memory is short.
            return LibC.EFAULT;
        }

        call.Driver = session.DriverName;
        call.ByteCount += plan.SourceLength;
        LinuxRequest request = new(call.File, op, job, mistake);
        if (call.File.Requests.TryAccept(request))
        {
            return 0;
        }

        request.Dispose();
        return LibC.EBUSY;
    }

    private static int Fetch(ref IoctlCall call)
    {
        if (call.File.Requests.Fetch() is not LinuxRequest request)
        {
            return LibC.EBUSY;
        }

        using (request)
        {
            Table.CryptOp.Encode(request.Op, call.Argument, call.WordSize);
            call.File.NotifyPoll();
            return request.Error != 0 ? request.Error : request.Job!.CopyOut(call.Caller);
        }
    }

    private static int SessionInfo(ref IoctlCall call)
    {
        session_info_op op = Table.SessionInfoOp.Decode(call.Argument, call.WordSize);
        if (call.File.Sessions.Acquire(op.ses) is not { } session)
        {
            return LibC.EINVAL;
        }

        op.cipher_info = Describe(session.Cipher);
        op.hash_info = Describe(session.Mac);
        op.alignmask = 0;
        bool isHardware = session.Cipher?.Driver.Kind == DriverKind.Hardware || session.Mac?.Driver.Kind == DriverKind.Hardware;
        op.flags = isHardware ? SIOP_FLAG_KERNEL_DRIVER_ONLY : 0;
        session.Release();
        Table.SessionInfoOp.Encode(op, call.Argument, call.WordSize);
        return 0;
    }

    private static alg_info Describe(Session? session)
    {
        if (session is null)
        {
            return default;
        }

        CryptoAlgorithm algorithm = session.Parameters.Transforms[0].Algorithm;
        return new alg_info
        {
            cra_name = CryptodevLinuxCodec.EncodeName(algorithm.Kernel.Name ?? algorithm.Name),
            cra_driver_name = CryptodevLinuxCodec.EncodeName(session.Driver.KernelDriver ?? session.Driver.Name),
        };
    }

    private static int CopyHash(ref IoctlCall call)
    {
        cphash_op op = Table.CphashOp.Decode(call.Argument, call.WordSize);
        if (op.src_ses == op.dst_ses)
        {
            return LibC.EDEADLK;
        }

        EmulatedSession? from = call.File.Sessions.Acquire(op.src_ses);
        EmulatedSession? to = call.File.Sessions.Acquire(op.dst_ses);
        int error =
            from is null || to is null ? LibC.ENOENT
            : from.Mac is null || to.Mac is null || from.Dialect.Mac!.Algorithm != to.Dialect.Mac!.Algorithm ? LibC.EINVAL
            : CopyHash(from, to);
        from?.Release();
        to?.Release();
        return error;
    }

    private static int CopyHash(EmulatedSession from, EmulatedSession to)
    {
        RunningHash? copy;
        try
        {
            lock (from.Gate)
            {
                copy = from.Hash?.Clone();
            }
        }
        catch (CryptoDevException)
        {
            return LibC.ENOSYS;
        }

        // Only one gate is held at a time: another call may copy in the other direction, and would deadlock.
        lock (to.Gate)
        {
            to.SetHash(copy);
        }

        return 0;
    }

    private int Key(ref IoctlCall call)
    {
        if (ShownKeyOperations == KeyFeatureMask.None)
        {
            return LibC.EINVAL;
        }

        crypt_kop op = Table.CryptKop.Decode(call.Argument, call.WordSize);
        op.crk_status = 0;
        Table.CryptKop.Encode(op, call.Argument, call.WordSize);
        return KeyRunner.Run(ref call, CryptodevLinuxCodec.Decode(op), DriverDemand.Any, out _, out _);
    }

    private int KeyFeatures(ref IoctlCall call)
    {
        WriteNumber(call, KeyRunner.Features(call.File.Kernel, DriverDemand.Any));
        return 0;
    }

    /// <summary>An operation of CIOCASYNCCRYPT until it is fetched.</summary>
    private sealed class LinuxRequest(EmulatedFile file, crypt_op op, CryptJob? job, int mistake) : IRequest
    {
        public uint Id => 0;

        public crypt_op Op => op;

        public CryptJob? Job => job;

        /// <summary>The result of the kernel's worker. Errors in the arguments are also found there.</summary>
        public int Error => job is null ? mistake : file.Kernel.Rules.Errnos.FromDriver(job.Error);

        public void Run() => job?.Run(file.Bytes);

        public void Dispose() => job?.Dispose();
    }
}
