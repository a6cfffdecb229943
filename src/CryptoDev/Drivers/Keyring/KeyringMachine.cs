using CryptoDev.Native;

namespace CryptoDev.Drivers.Keyring;

/// <summary>The reason why the kernel's keys cannot compute something.</summary>
/// <param name="Reason">One sentence.</param>
/// <param name="Cure">What would help.</param>
/// <param name="Errno">The errno value of the kernel, or 0.</param>
internal sealed record KeyringAbsence(string Reason, string? Cure, int Errno);

/// <summary>The abilities of this kernel's keys, found by computing two known results.</summary>
internal sealed class KeyringMachine
{
    private static readonly KeyringAbsence s_fips = new(
        "the kernel runs in FIPS mode, where it computes for its own groups and keys only",
        null,
        LibC.EOPNOTSUPP
    );

    private readonly VerdictCache<KeyOperation, KeyringAbsence?> _findings;

    internal KeyringMachine(TimeProvider? clock = null) => _findings = new VerdictCache<KeyOperation, KeyringAbsence?>(clock);

    /// <summary>The instance for this machine.</summary>
    public static KeyringMachine Instance { get; } = new();

    /// <summary>The reason why there is no exponentiation, or null.</summary>
    public KeyringAbsence? Power => Find(KeyOperation.ModExp, static () => Try(() => KeyOp.ModExp([5], [3], [251]), [125]));

    /// <summary>The reason why there is no RSA, or null.</summary>
    public KeyringAbsence? Rsa => Find(KeyOperation.ModExpCrt, TryRsa);

    /// <summary>
    /// The cached finding, or a new one. A module that was loaded in the meantime is found when the cached refusal expires.
    /// </summary>
    internal KeyringAbsence? Find(KeyOperation operation, Func<KeyringAbsence?> look)
    {
        if (_findings.TryRecall(operation, out KeyringAbsence? known, out _))
        {
            return known;
        }

        // In FIPS mode Linux requires that the result is a public key of a safe-prime group, and RSA starts at 2048 bits.
        KeyringAbsence? found =
            !OperatingSystem.IsLinux() ? new KeyringAbsence("keyrings are Linux's", null, LibC.ENOSYS)
            : IsFips ? s_fips
            : look();
        if (found is null)
        {
            _findings.Remember(operation, null);
        }
        else
        {
            _findings.RememberRefusal(operation, found, found.Errno);
        }

        return found;
    }

    private static bool IsFips
    {
        get
        {
            try
            {
                return File.ReadAllText("/proc/sys/crypto/fips_enabled").Trim() == "1";
            }
            catch (IOException)
            {
                // There is no such file: the kernel has no FIPS mode, or there is no /proc. Then the trial decides.
                return false;
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static KeyringAbsence? TryRsa() =>
        Try(
            () =>
                KeyOp.ModExpCrt(
                    Convert.FromHexString("FB5B9DC4A46F8C3B2098872323E4DD7DEA5E177FAA558995D1C782B48E90C367"),
                    Convert.FromHexString("CBF57F9CCD52430D3D2A4DDCD52641E5212E0917DC269858E0E75C7C8471867D"),
                    Convert.FromHexString(
                        "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F30"
                            + "3132333435363738393A3B"
                    ),
                    Convert.FromHexString("A3900C6BE76CC6DDBAEA4615B1C7BDF1AFCEA68FE6B15EA4652BE47BC5C1A1C5"),
                    Convert.FromHexString("29253482487570EB69CC6FFABDD142F7DB52B328EA13AB263AF0D19A990961ED"),
                    Convert.FromHexString("CA5B75C1E557FC430F4765DE84057BFB74EEE9F9C987AB4FD8E9BD74AE74F8B7")
                ),
            Convert.FromHexString(
                "76962FABF66F8CD1AD8E87AB16753B75676447A5A701A206C4C839EB9C1A7D83CCC1EDABEBA17A21F73371D151B3AC39"
                    + "9ED07693232AA2D8F51942361930491D"
            )
        );

    private static KeyringAbsence? Try(Func<KeyOp> build, ReadOnlySpan<byte> expected)
    {
        using KeyOp op = build();
        try
        {
            int status = KeyringDriver.Compute(op);
            byte[] result = op.OutputBytes(0).ToArray();
            Array.Reverse(result);

            // Linux before 6.0 has no CRT. It uses the exponent d of the encoded key, which is 1 here.
            return status == 0 && expected.SequenceEqual(result)
                ? null
                : new KeyringAbsence("the kernel's result for known numbers is wrong: it is too old for this (before Linux 6.0)", null, 0);
        }
        catch (CryptoDevException error)
        {
            (string reason, string? cure) = KeyringFailure.Of(new Errno(error.Errno));
            return new KeyringAbsence(reason, cure, error.Errno);
        }
    }
}
