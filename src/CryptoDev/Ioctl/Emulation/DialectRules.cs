using System.Collections.Frozen;
using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// How one release of a dialect answers its ioctls: a table of handlers, and the properties of its sessions, descriptors and switches.
/// </summary>
internal abstract class DialectRules(DevCryptoEmulatorOptions options, DialectCodec codec, string form)
{
    private static readonly (DialectInfo Dialect, string Form, Func<DevCryptoEmulatorOptions, DialectRules> Create)[] s_forms =
    [
        (DialectInfo.CryptodevLinux, "cryptodev-linux", static options => new LinuxRules(options)),
        (DialectInfo.NetBsd, "netbsd 10", static options => new NetBsdRules(options, NetBsdCodec.Release10)),
        (DialectInfo.NetBsd, "netbsd 7", static options => new NetBsdRules(options, NetBsdCodec.Release7)),
        (DialectInfo.FreeBsd, "freebsd 14", static options => new FreeBsdRules(options, FreeBsdCodec.Release14)),
        (DialectInfo.FreeBsd, "freebsd 13", static options => new FreeBsdRules(options, FreeBsdCodec.Release13)),
        (DialectInfo.FreeBsd, "freebsd 12", static options => new FreeBsdRules(options, FreeBsdCodec.Release12)),
        (DialectInfo.OpenBsd, "openbsd 2014", static options => new OpenBsdRules(options, OpenBsdCodec.Year2014)),
        (DialectInfo.OpenBsd, "openbsd 2002", static options => new OpenBsdRules(options, OpenBsdCodec.Year2002)),
    ];

    private FrozenDictionary<uint, IoctlEntry> _wide = FrozenDictionary<uint, IoctlEntry>.Empty;
    private FrozenDictionary<uint, IoctlEntry> _narrow = FrozenDictionary<uint, IoctlEntry>.Empty;

    public string Form => form;

    public DialectCodec Codec => codec;

    public ErrnoTable Errnos { get; } = ErrnoTable.For(options.Dialect);

    /// <summary>Whether users may open the device: kern.usercrypto.</summary>
    public virtual bool IsOpenToUsers => true;

    /// <summary>The sysctls that this release has for the device.</summary>
    public virtual IReadOnlyList<Sysctl> Sysctls => [];

    /// <summary>Whether the opened device takes only CRIOGET and a few other ioctls.</summary>
    public virtual bool OpensRaw => false;

    /// <summary>The id of a file's first session; null for random ids.</summary>
    public virtual uint? FirstSessionId => 0;

    /// <summary>The most asynchronous requests of one file.</summary>
    public virtual int RequestsPerFile => Options.Limits.RequestsPerFile;

    /// <summary>Whether asynchronous requests run in the order of submission.</summary>
    public virtual bool RunsInOrder => false;

    /// <summary>
    /// The key operations that the device shows. No real software driver has any, so a strict device shows none unless it is told to.
    /// </summary>
    public KeyFeatureMask ShownKeyOperations => options.KeyOperations ?? (options.Strict ? KeyFeatureMask.None : ~KeyFeatureMask.None);

    /// <summary>Whether this release has the calls for key operations.</summary>
    public virtual bool HasKeyCalls => true;

    protected DevCryptoEmulatorOptions Options => options;

    /// <summary>Whether sessions keep IV and hash from one operation to the next.</summary>
    protected virtual bool KeepsState => false;

    /// <summary>
    /// The handler of each ioctl, one for each row of the dialect's table. <see cref="Refuse"/> is for ioctls that this release does not
    /// have.
    /// </summary>
    protected abstract IEnumerable<(IoctlInfo Info, IoctlHandler Handler)> Handlers { get; }

    /// <summary>The ioctls that the opened device takes when <see cref="OpensRaw"/> is true.</summary>
    protected virtual IReadOnlyCollection<IoctlInfo> RawIoctls => [];

    /// <summary>Makes the rules for the given options.</summary>
    /// <exception cref="ArgumentException">
    /// There is no such form, or an option was given for a switch that the dialect does not have.
    /// </exception>
    public static DialectRules Create(DevCryptoEmulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Dialect);
        (DialectInfo Dialect, string Form, Func<DevCryptoEmulatorOptions, DialectRules> Create)[] forms =
        [
            .. s_forms.Where(row => row.Dialect == options.Dialect),
        ];
        int index = options.Form is null
            ? 0
            : Array.FindIndex(forms, row => row.Form.Equals(options.Form, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw new ArgumentException(
                $"'{options.Form}' is not a form of {options.Dialect}; there are "
                    + $"{string.Join(", ", forms.Select(row => $"'{row.Form}'"))}.",
                nameof(options)
            );
        }

        if (options.AlignMask != 0 && options.Dialect != DialectInfo.CryptodevLinux)
        {
            throw new ArgumentException($"{options.Dialect} reports no alignmask; leave AlignMask 0.", nameof(options));
        }

        DialectRules rules = forms[index].Create(options);
        EmulatorOptionsValidator.Check(options, rules);
        rules.Index();
        return rules;
    }

    /// <summary>The errno for a request that the dialect does not have.</summary>
    public virtual int UnknownRequestError(uint request) => LibC.EINVAL;

    /// <summary>The handler of a request, or null.</summary>
    public IoctlEntry? Find(uint request, WordSize wordSize) => (wordSize == WordSize.LP64 ? _wide : _narrow).GetValueOrDefault(request);

    /// <summary>The value of a switch now. Null: the dialect has no switches.</summary>
    public virtual int? Get(SwitchName which) => null;

    /// <summary>Changes a switch. The next ioctl finds it changed. False: the dialect has no switches.</summary>
    public virtual bool TrySet(SwitchName which, int value) => false;

    /// <summary>The events of a file that are ready now.</summary>
    public virtual short Poll(EmulatedFile file) => 0;

    /// <summary>Copies the keys in and opens a session for the file.</summary>
    protected int OpenSession(ref IoctlCall call, in SessionCall asked, DriverDemand demand, out EmulatedSession? session)
    {
        session = null;
        int error = Codec.Resolve(asked, out SessionRecipe? recipe);
        if (error != 0)
        {
            return error;
        }

        error = TakeKeys(call.Caller, recipe!, asked, out DialectSession? dialect);
        if (error != 0)
        {
            return error;
        }

        if (!call.File.Sessions.HasRoom)
        {
            // At this point NetBSD, OpenBSD and FreeBSD 12 return EINVAL, which programs take for an algorithm that is not there.
            dialect!.Dispose();
            return LibC.ENOMEM;
        }

        EmulatedSession? opened = EmulatedSession.TryOpen(dialect!, call.File.Kernel.Source(demand), KeepsState, Options.Arc4);
        if (opened is null)
        {
            return Codec.NoDriverError;
        }

        if (!call.File.Sessions.TryAdd(opened))
        {
            opened.Release();
            return LibC.ENOMEM;
        }

        call.File.Kernel.Counters.CountSession(opened.DriverName);
        call.Made(opened);
        session = opened;
        return 0;
    }

    /// <summary>For an ioctl that the header has, but not this release, or not for callers of this word size.</summary>
    protected static int Refuse(ref IoctlCall call) => LibC.EINVAL;

    /// <summary>CIOCFSESSION: the argument is an id.</summary>
    protected static int FreeSession(ref IoctlCall call) => call.File.Sessions.Free(ReadNumber(call));

    /// <summary>CRIOGET of the dialects in which it gives an empty context.</summary>
    protected static int NewContext(ref IoctlCall call)
    {
        int error = call.File.Kernel.TryOpen(call.File.User, isRaw: false, out EmulatedFile? file);
        if (error != 0)
        {
            return error;
        }

        int descriptor = call.Caller.InstallDescriptor(file!);
        if (descriptor < 0)
        {
            file!.Dispose();
            call.File.TakesAll |= descriptor == -LibC.EOPNOTSUPP;
            return -descriptor;
        }

        WriteNumber(call, (uint)descriptor);
        return 0;
    }

    /// <summary>Reads an argument that is a u32. It has the same size for all callers.</summary>
    protected static uint ReadNumber(in IoctlCall call) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(call.Argument);

    /// <summary>Writes an argument that is a u32.</summary>
    protected static void WriteNumber(in IoctlCall call, uint number) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(call.Argument, number);

    private static int TakeKeys(IUserMemory caller, SessionRecipe recipe, in SessionCall asked, out DialectSession? dialect)
    {
        const int LongestKeys = 1024;
        dialect = null;
        Span<byte> keys = stackalloc byte[LongestKeys];
        keys = keys[..(recipe.KeyLength + recipe.MacKeyLength)];
        try
        {
            Span<byte> key = keys[..recipe.KeyLength];
            Span<byte> macKey = keys[recipe.KeyLength..];
            if (
                (!key.IsEmpty && !caller.CopyIn(asked.Key.Address(), key))
                || (!macKey.IsEmpty && !caller.CopyIn(asked.MacKey.Address(), macKey))
            )
            {
                return LibC.EFAULT;
            }

            dialect = DialectSession.Create(recipe, key, macKey);
            return dialect is null ? LibC.EINVAL : 0;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(keys);
        }
    }

    private void Index()
    {
        Dictionary<IoctlInfo, IoctlHandler> handlers = Handlers.ToDictionary(row => row.Info, row => row.Handler);
        Dictionary<uint, IoctlEntry> wide = [];
        Dictionary<uint, IoctlEntry> narrow = [];
        for (int i = 0; i < Options.Dialect.Ioctls.Count; i++)
        {
            IoctlInfo info = Options.Dialect.Ioctls[i];
            IoctlHandler handler =
                handlers.GetValueOrDefault(info)
                ?? throw new InvalidOperationException($"{GetType().Name} has no handler for {info} of {Options.Dialect}.");
            bool isForRaw = RawIoctls.Contains(info);
            wide.Add(info.Code(WordSize.LP64), new IoctlEntry(info, handler, isForRaw, i));
            narrow.Add(info.Code(WordSize.ILP32), new IoctlEntry(info, info.IsOfferedToIlp32 ? handler : Refuse, isForRaw, i));
        }

        _wide = wide.ToFrozenDictionary();
        _narrow = narrow.ToFrozenDictionary();
    }
}
