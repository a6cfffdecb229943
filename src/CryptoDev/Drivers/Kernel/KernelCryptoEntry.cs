using CryptoDev.Native;

namespace CryptoDev.Drivers.Kernel;

/// <summary>One registered algorithm of the kernel, from /proc/crypto and, for the flags, NETLINK_CRYPTO.</summary>
internal sealed record KernelCryptoEntry(string Name, string DriverName, string Type)
{
    /// <summary>The module that registered it; empty when it is built into the kernel.</summary>
    public string Module { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>False also while the test has not run. The kernel and this library never select such an entry.</summary>
    public bool SelfTestPassed { get; init; }

    /// <summary>A building block such as __cbc-aes-aesni, which cannot be bound.</summary>
    public bool IsInternal { get; init; }

    /// <summary>cru_flags; <see langword="null"/> when NETLINK_CRYPTO did not report them. No other source has them.</summary>
    public uint? Flags { get; init; }

    public int BlockSize { get; init; }

    public int IvSize { get; init; }

    public int MinKeySize { get; init; }

    public int MaxKeySize { get; init; }

    public int DigestSize { get; init; }

    public int MaxAuthSize { get; init; }

    public int SeedSize { get; init; }

    /// <summary>Whether it may finish a request later, as every hardware driver does and some CPU code too.</summary>
    public bool IsAsync { get; init; }

    public DriverKind Kind { get; init; }

    /// <summary>
    /// Whether it may be hardware. Where NETLINK_CRYPTO reports no flags, a driver that is not known as CPU code and that finishes later
    /// may be a device: a driver built into the kernel has no module that shows it.
    /// </summary>
    public bool MayBeHardware => Kind == DriverKind.Hardware || (Kind == DriverKind.Generic && Flags is null && IsAsync);

    /// <summary>
    /// The AF_ALG address family of the type ("hash", "skcipher", "aead", "rng"), or empty when user space cannot bind it.
    /// </summary>
    public string BindType =>
        Type switch
        {
            "shash" or "ahash" => "hash",

            // lskcipher: since Linux 6.7 the type of a template such as cbc over a cipher without an accelerated mode of its own, for
            // example cbc(des).
            "skcipher" or "lskcipher" or "blkcipher" or "ablkcipher" or "givcipher" => "skcipher",
            "aead" or "nivaead" => "aead",
            "rng" => "rng",
            _ => "",
        };

    /// <summary>Whether AF_ALG can be asked for it at all.</summary>
    public bool IsUsable => SelfTestPassed && !IsInternal && BindType.Length > 0;

    /// <summary>Whether a flag is known to be set.</summary>
    public bool HasFlags(uint flags) => Flags is { } known && (known & flags) == flags;

    /// <summary>The same entry with the data of NETLINK_CRYPTO. Sizes that /proc/crypto omits are filled in.</summary>
    public KernelCryptoEntry MergedWith(CryptoUserRecord record) =>
        this with
        {
            Flags = record.Flags,
            IsInternal = IsInternal || (record.Flags & CryptoUser.CRYPTO_ALG_INTERNAL) != 0,
            BlockSize = Either(BlockSize, record.BlockSize),
            IvSize = Either(IvSize, record.IvSize),
            MinKeySize = Either(MinKeySize, record.MinKeySize),
            MaxKeySize = Either(MaxKeySize, record.MaxKeySize),
            DigestSize = Either(DigestSize, record.DigestSize),
            MaxAuthSize = Either(MaxAuthSize, record.MaxAuthSize),
            SeedSize = Either(SeedSize, record.SeedSize),
        };

    /// <summary>An entry that only NETLINK_CRYPTO lists.</summary>
    public static KernelCryptoEntry From(CryptoUserRecord record) =>
        new KernelCryptoEntry(record.Name, record.DriverName, record.Type)
        {
            Module = ModuleName(record.ModuleName),
            Priority = (int)Math.Min(record.Priority, int.MaxValue),
            SelfTestPassed = (record.Flags & CryptoUser.CRYPTO_ALG_TESTED) != 0,
            IsAsync = (record.Flags & CryptoUser.CRYPTO_ALG_ASYNC) != 0,
        }.MergedWith(record);

    /// <summary>Both lists write "kernel" for built-in code. In /sys/module the folder of that name means something else.</summary>
    public static string ModuleName(string reported) => reported == "kernel" ? "" : reported;

    private static int Either(int known, uint reported) => known != 0 ? known : (int)Math.Min(reported, int.MaxValue);
}
