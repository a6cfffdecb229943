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

    /// <summary>CRYPTO_CIPHER_MAX_KEY_LEN and CRYPTO_HMAC_MAX_KEY_LEN: longer keys are not copied in.</summary>
    private const int LongestKey = 64;
    private const int LongestMacKey = 512;

    private readonly CryptodevLinuxCodec _codec;

    public LinuxRules(DevCryptoEmulatorOptions options)
        : base(options, CryptodevLinuxCodec.Instance, CryptodevLinuxCodec.Instance.Form)
    {
        if (options.AlignMask is < 0 or >= LinuxIv.PageLength || (options.AlignMask & (options.AlignMask + 1)) != 0)
        {
            throw new ArgumentException(
                $"An alignmask is a power of two less one, of 4095 at most, not {options.AlignMask}.",
                nameof(options)
            );
        }

        _codec = CryptodevLinuxCodec.Instance;
    }

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
        SessionCall asked = CryptodevLinuxCodec.Decode(op);
        int error = OpenSession(ref call, asked, DriverDemand.Any, out EmulatedSession? session);
        if (error == LibC.EINVAL && !CanReadKeys(call.Caller, asked))
        {
            return LibC.EFAULT;
        }

        if (error == 0)
        {
            op.ses = session!.Id;
            Table.SessionOp.Encode(op, call.Argument, call.WordSize);
        }

        return error;
    }

    // The kernel copies the keys in before it looks whether their lengths fit. What it never copies is no EFAULT: the key of an unknown
    // algorithm, or one that is longer than its buffer.
    private bool CanReadKeys(IUserMemory caller, in SessionCall asked)
    {
        AlgorithmNumber? cipher = RowOf(asked.Cipher, NumberRole.Cipher, NumberRole.Aead);
        AlgorithmNumber? mac = RowOf(asked.Mac, NumberRole.Mac);
        bool isKnown = (asked.Cipher == 0 || cipher is not null) && (asked.Mac == 0 || mac is not null);
        return !isKnown
            || (cipher?.Role == NumberRole.Aead && asked.MacKeyLength != 0)
            || (
                (cipher is null || CanRead(caller, asked.Key, asked.KeyLength, LongestKey))
                && (mac is null || CanRead(caller, asked.MacKey, asked.MacKeyLength, LongestMacKey))
            );
    }

    private AlgorithmNumber? RowOf(uint id, params NumberRole[] roles) =>
        _codec.Numbers.Rows.FirstOrDefault(row => row.Id == id && roles.Contains(row.Role));

    private static bool CanRead(IUserMemory caller, nint key, long length, int longest)
    {
        if (length <= 0 || length > longest)
        {
            return true;
        }

        Span<byte> copy = stackalloc byte[LongestMacKey];
        bool isThere = caller.CopyIn(key.Address(), copy[..(int)length]);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        return isThere;
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
            if (error != 0)
            {
                return error;
            }

            error = CryptRunner.Run(ref call, session, plan, out int written);
            KeepIv(call.Caller, session, plan, error, written);
            return error;
        }
        finally
        {
            session.Release();
        }
    }

    private int Plan(in CryptCall asked, EmulatedSession session, out CryptPlan plan)
    {
        int error = _codec.Plan(asked, session.Dialect, out plan);
        if (error != 0)
        {
            return error;
        }

        bool isMisaligned = ((asked.Source | asked.Destination) & Options.AlignMask) != 0;
        plan = plan with { IsPaged = isMisaligned || asked.Has(CryptCallFlags.NoZeroCopy) };

        // "Hash before encryption and after decryption": without a cipher the hash of COP_DECRYPT is over what is at dst already, except
        // where the kernel works on copies, which it makes of src.
        if (session.Cipher is null && plan.Action == CryptAction.Decrypt && !plan.IsPaged)
        {
            plan = plan with { Source = asked.Destination, SourceLength = (int)asked.Length };
        }

        // cryptodev-linux never discards a cipher's result. It writes to address 0 like to any other address, which fails.
        return plan.Destination == 0 && plan.DestinationLength != 0 ? LibC.EFAULT : 0;
    }

    // The kernel takes the IV over before it looks at the message. So a call whose message cannot be read leaves its IV behind, and the
    // next call without one goes on from there.
    private static void KeepIv(IUserMemory caller, EmulatedSession session, in CryptPlan plan, int error, int written)
    {
        if (error != LibC.EFAULT || written != 0 || plan.IvPlace != IvPlace.Pointer)
        {
            return;
        }

        Span<byte> iv = stackalloc byte[DialectCodec.LongestIv];
        iv = iv[..plan.IvLength];
        if (caller.CopyIn(plan.Iv.Address(), iv))
        {
            lock (session.Gate)
            {
                iv.CopyTo(session.Iv);
            }
        }
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
            KeepIv(call.Caller, session, plan, error, written);
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

    private int SessionInfo(ref IoctlCall call)
    {
        session_info_op op = Table.SessionInfoOp.Decode(call.Argument, call.WordSize);
        if (call.File.Sessions.Acquire(op.ses) is not { } session)
        {
            return LibC.EINVAL;
        }

        op.cipher_info = Describe(session.Cipher);
        op.hash_info = Describe(session.Mac);
        op.alignmask = (ushort)Options.AlignMask;
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
