using System.Runtime.Intrinsics.X86;
using CryptoDev.Drivers.Software.KeyOps;
using CryptoDev.Framework;
using CryptoDev.Native;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using ArmSha256 = System.Runtime.Intrinsics.Arm.Sha256;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// The rung that is always available: libcrypto in this process, and System.IO.Compression. There is one per process, because there is one
/// libcrypto per process.
/// </summary>
internal sealed class SoftwareDriver : ICryptoDriver, IRandomDriver, IKeyDriver
{
    public const string Name = "software";

    private const string InstallLibcrypto = "Install OpenSSL 3 (Debian package libssl3).";

    private const string InstallFips =
        "Install OpenSSL's FIPS module and run 'openssl fipsinstall', or do not demand fips=yes in openssl.cnf.";

    private SoftwareDriver()
    {
        Info = new DriverInfo
        {
            Name = Name,
            IsInProcess = true,
            Kind = Aes.IsSupported || ArmAes.IsSupported ? DriverKind.Accelerated : DriverKind.Generic,
            Implementation = Context.Version is { } version ? $"OpenSSL {version}" : null,
            Algorithms = [.. CryptoAlgorithm.All.Where(algorithm => WhyNot(algorithm, algorithm.KeySizes.Default) is null)],
        };
    }

    public static SoftwareDriver Instance { get; } = new();

    public DriverInfo Info { get; }

    public RungAvailability Availability => new(Name, Context.Error is null, Context.Error, CureForContext);

    public IReadOnlyList<string> Notes
    {
        get
        {
            List<string> notes = [];
            if (Context.IsFips)
            {
                notes.Add("The default context of libcrypto demands FIPS, so this library uses the fips and base providers only.");
            }

            if (Context.LegacyError is { } legacy)
            {
                notes.Add($"Legacy algorithms are missing: {legacy}.");
            }

            return notes;
        }
    }

    public IReadOnlyList<DriverInfo> Members => [];

    private static LibCryptoContext Context => LibCryptoContext.Instance;

    public ICryptoDriver? Pin(string member) => null;

    public DriverVerdict Probe(SessionParameters parameters)
    {
        if (parameters.Mode is SessionMode.CipherAndMac or SessionMode.Chain)
        {
            return DriverVerdict.Compose;
        }

        CryptoTransform transform = parameters.Transforms[0];
        CryptoAlgorithm algorithm = transform.Algorithm;
        if (transform.Key is KernelKey)
        {
            return DriverVerdict.No(
                "the key's bytes are in the kernel and this driver computes in the process",
                "Use the af_alg driver, or a CryptoKey."
            );
        }

        return WhyNot(algorithm, transform.Key?.Length ?? 0) is { } reason
            ? DriverVerdict.No(reason, CureFor(algorithm))
            : DriverVerdict.Yes(KindOf(algorithm), LongestMessage(transform));
    }

    public DriverSession OpenSession(SessionParameters parameters)
    {
        CryptoTransform transform = parameters.Transforms[0];
        DriverKind kind = KindOf(transform.Algorithm);
        try
        {
            return transform.Algorithm.Libcrypto.Kind switch
            {
                LibcryptoKind.Cipher when transform.Algorithm.Chaining == IvChaining.InTransform => new StreamKeySession(transform, kind),
                LibcryptoKind.Cipher when XtsHalves.AreEqual(transform) => new XtsByEcbSession(transform, kind),
                LibcryptoKind.Cipher => new CipherSession(transform, kind),
                LibcryptoKind.Aead => new AeadSession(transform, kind),
                LibcryptoKind.Gmac => new GmacSession(transform, kind),
                LibcryptoKind.Digest => new DigestSession(transform, kind),
                LibcryptoKind.Hmac or LibcryptoKind.Cmac => new MacSession(transform, kind),
                LibcryptoKind.XcbcMac => new XcbcMacSession(transform, kind),
                LibcryptoKind.KeyPadDataKey => new KeyPadDataKeySession(transform, kind),
                LibcryptoKind.Null => new NullCipherSession(transform, kind),
                LibcryptoKind.NullMac => new NullMacSession(transform, kind),
                LibcryptoKind.Compression => new CompressionSession(transform, kind),
                _ => throw new CryptoDevException(
                    LibC.EOPNOTSUPP,
                    Name,
                    $"open {parameters}",
                    transform.Algorithm.Libcrypto.Reason ?? "not served."
                ),
            };
        }
        catch (LibCryptoException error)
        {
            throw new CryptoDevException(0, Name, $"open {parameters}", error.Message, error);
        }
    }

    public RandomGenerator OpenRandomGenerator(string? algorithm, ReadOnlySpan<byte> seed) =>
        algorithm is null && seed.IsEmpty
            ? new SystemRandomGenerator()
            : throw new CryptoDevException(
                LibC.EOPNOTSUPP,
                Name,
                "open random generator",
                "the system's generator has no name and takes no seed; use af_alg:<generator>."
            );

    /// <summary>The algorithm's own limit, or the longest length that one span and libcrypto's int lengths can hold.</summary>
    public static long LongestMessage(CryptoTransform transform) => Math.Min(AlgorithmLimits.LongestMessage, transform.LongestMessage);

    public DriverVerdict ProbeKey(KeyOp op) =>
        Context.Error is { } error
            ? DriverVerdict.No(error, CureForContext)
            : DriverVerdict.Yes(DriverKind.Generic, KeyOp.MaxOperandBits / 8);

    public int ProcessKey(KeyOp op, out SessionDriver driver)
    {
        driver = new SessionDriver { Name = Name, Kind = DriverKind.Generic };
        try
        {
            return SoftwareKeyOperations.Run(op);
        }
        catch (LibCryptoException error)
        {
            throw new CryptoDevException(0, Name, op.Facts.BsdName, error.Message, error);
        }
    }

    private static string? WhyNot(CryptoAlgorithm algorithm, int keyLength)
    {
        LibcryptoRung rung = algorithm.Libcrypto;
        return rung.Kind switch
        {
            LibcryptoKind.Missing => rung.Reason,
            LibcryptoKind.Null or LibcryptoKind.NullMac or LibcryptoKind.Compression => null,
            _ when Context.Error is { } error => error,
            LibcryptoKind.Cipher or LibcryptoKind.Aead or LibcryptoKind.Gmac or LibcryptoKind.XcbcMac => Fetched(
                Context.Cipher(rung.NameFor(keyLength)),
                algorithm
            ),
            LibcryptoKind.Cmac => Fetched(Context.Mac("CMAC") == 0 ? 0 : Context.Cipher(rung.NameFor(keyLength)), algorithm),
            LibcryptoKind.Hmac => Fetched(Context.Mac("HMAC") == 0 ? 0 : Context.Digest(rung.Name!), algorithm),
            _ => Fetched(Context.Digest(rung.Name!), algorithm),
        };
    }

    private static string? Fetched(nint found, CryptoAlgorithm algorithm)
    {
        if (found != 0)
        {
            return null;
        }

        return Context.LegacyError is { } legacy && (algorithm.Libcrypto.Legacy || Context.IsFips)
            ? legacy
            : $"libcrypto {Context.Version} has no {algorithm.Libcrypto.Name}";
    }

    private static string? CureForContext =>
        Context.Error is null ? null
        : Context.IsFips ? InstallFips
        : InstallLibcrypto;

    private static string? CureFor(CryptoAlgorithm algorithm) =>
        Context.Error is not null ? CureForContext
        : algorithm.Libcrypto.Legacy && !Context.IsFips ? "Install OpenSSL's legacy provider module (legacy.so) of the same version."
        : null;

    private static DriverKind KindOf(CryptoAlgorithm algorithm) =>
        algorithm.Libcrypto switch
        {
            {
                Kind: LibcryptoKind.Cipher or LibcryptoKind.Aead or LibcryptoKind.Gmac or LibcryptoKind.Cmac or LibcryptoKind.XcbcMac,
                Name: { } name
            } when name.StartsWith("AES", StringComparison.Ordinal) && (Aes.IsSupported || ArmAes.IsSupported) => DriverKind.Accelerated,
            { Name: "SHA1" or "SHA2-224" or "SHA2-256" } when CpuHashesSha => DriverKind.Accelerated,
            _ => DriverKind.Generic,
        };

    private static bool CpuHashesSha { get; } =
        ArmSha256.IsSupported || (X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx & (1 << 29)) != 0);
}
