using CryptoDev.Native;

namespace CryptoDev.Drivers.Kernel;

/// <summary>
/// Classifies a driver as hardware, CPU instructions or plain code. No single fact of the kernel decides this, so several are checked in
/// order.
/// </summary>
internal sealed class KernelDriverClassifier
{
    // Words in the name of a driver that uses instructions of its CPU (x86, Arm, RISC-V, s390, POWER, VIA).
    private static readonly string[] s_instructionWords =
    [
        "aesni",
        "avx",
        "avx2",
        "avx512",
        "sse2",
        "sse3",
        "ssse3",
        "sse4",
        "ni",
        "clmulni",
        "pclmul",
        "vaes",
        "asm",
        "simd",
        "x86",
        "x86_64",
        "i586",
        "intel",
        "gfni",
        "ce",
        "neon",
        "neonbs",
        "arm",
        "arm64",
        "pmull",
        "riscv64",
        "zvkned",
        "zvkg",
        "zvkb",
        "zvksed",
        "s390",
        "ppc",
        "vsx",
        "p8_aes",
        "p8_aes_cbc",
        "p8_aes_ctr",
        "p8_aes_xts",
        "p8_ghash",
        "padlock",
    ];

    private readonly string _sysModule;
    private readonly Dictionary<string, bool> _modulesWithDevices = [];

    /// <summary><paramref name="sysRoot"/> is where sysfs is mounted.</summary>
    public KernelDriverClassifier(string sysRoot)
    {
        _sysModule = Path.Combine(sysRoot, "module");
    }

    /// <summary>The entries with their kinds. An instance of a template gets the kind of the best driver inside it.</summary>
    public IReadOnlyList<KernelCryptoEntry> Classify(IReadOnlyList<KernelCryptoEntry> entries)
    {
        Dictionary<string, DriverKind> known = new(StringComparer.Ordinal);
        foreach (KernelCryptoEntry entry in entries)
        {
            if (!IsInstance(entry))
            {
                known[entry.DriverName] = KindOf(entry);
            }
        }

        return
        [
            .. entries.Select(entry => entry with { Kind = IsInstance(entry) ? KindOfInstance(entry, known) : known[entry.DriverName] }),
        ];
    }

    /// <summary>The words between the parentheses and commas of a driver's name.</summary>
    private static string[] Parts(string driverName) =>
        driverName.Split(['(', ')', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsInstance(KernelCryptoEntry entry) =>
        entry.HasFlags(CryptoUser.CRYPTO_ALG_INSTANCE) || entry.DriverName.Contains('(');

    private static DriverKind KindOfInstance(KernelCryptoEntry entry, Dictionary<string, DriverKind> known)
    {
        // cryptd and pcrypt are asynchronous and allocate memory, but they queue to kernel threads. Only a driver inside them can be a
        // device.
        DriverKind best = DriverKind.Generic;
        foreach (string part in Parts(entry.DriverName))
        {
            DriverKind kind = known.TryGetValue(part, out DriverKind listed) ? listed : KindOfName(part);
            best = kind > best ? kind : best;
        }

        return best;
    }

    private static DriverKind KindOfName(string driverName) =>
        driverName.Split('-').Any(s_instructionWords.Contains) ? DriverKind.Accelerated : DriverKind.Generic;

    private DriverKind KindOf(KernelCryptoEntry entry)
    {
        // 1: a module that drives devices. aesni_intel has no "drivers" folder, virtio_crypto has.
        if (entry.Module.Length > 0 && ModuleHasDevices(entry.Module))
        {
            return DriverKind.Hardware;
        }

        // CPU code is recognised before the flags are checked, because s390 and padlock set KERN_DRIVER_ONLY for instructions.
        DriverKind byName = KindOfName(entry.DriverName);
        if (byName != DriverKind.Generic)
        {
            return byName;
        }

        // 2: the flag that CCP, CAAM, Inside-Secure and Marvell set. 3: virtio, QAT, Chelsio and HiSilicon do not set it, but they complete
        // later and allocate memory. ASYNC alone proves nothing: cbc-aes-aesni is asynchronous.
        return
            entry.HasFlags(CryptoUser.CRYPTO_ALG_KERN_DRIVER_ONLY)
            || entry.HasFlags(CryptoUser.CRYPTO_ALG_ASYNC | CryptoUser.CRYPTO_ALG_ALLOCATES_MEMORY)
            ? DriverKind.Hardware
            : DriverKind.Generic;
    }

    private bool ModuleHasDevices(string module)
    {
        if (!_modulesWithDevices.TryGetValue(module, out bool has))
        {
            // Module names in /sys have underscores even where the file name and /proc/crypto have a hyphen.
            has = Directory.Exists(Path.Combine(_sysModule, module.Replace('-', '_'), "drivers"));
            _modulesWithDevices.Add(module, has);
        }

        return has;
    }
}
