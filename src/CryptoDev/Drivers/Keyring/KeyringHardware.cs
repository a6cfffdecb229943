using CryptoDev.Drivers.Kernel;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// Finds which of the kernel's algorithms for large numbers a device runs. A keyring call names no driver: the kernel takes the driver of
/// highest priority whose self-test passed. So the parameters of the call decide. On Linux 6.1 and 6.12 a virtio card has
/// <c>pkcs1pad(rsa,sha1)</c> and fails the self-test of <c>rsa</c>. There the card encrypts a message only if the call names a hash, which
/// encryption does not use. On Linux 7.2 the card has <c>pkcs1pad(rsa)</c>, and signatures never reach it.
/// </summary>
internal sealed class KeyringHardware
{
    private static readonly VerdictCache<string, KeyringHardware> s_looks = new();

    private readonly KernelCryptoCatalogue _catalogue;
    private readonly PciDeviceLocator _locator;
    private readonly (string Way, SessionDriver Driver) _pkcs1;

    public KeyringHardware(KernelCryptoCatalogue catalogue, PciDeviceLocator locator)
    {
        _catalogue = catalogue;
        _locator = locator;

        // Computed once, because every key operation probes this rung.
        Power = Driver("dh");
        Rsa = Driver("rsa");
        _pkcs1 = Pkcs1();
    }

    /// <summary>
    /// The instance for this machine. A found card is kept. The absence of a card is cached as a refusal, so that a card plugged in later
    /// is found.
    /// </summary>
    public static KeyringHardware Instance =>
        Look(s_looks, () => new KeyringHardware(KernelCryptoCatalogue.Read(), new PciDeviceLocator()));

    /// <summary>The driver of KEYCTL_DH_COMPUTE.</summary>
    public SessionDriver Power { get; }

    /// <summary>The driver of RSA on plain numbers.</summary>
    public SessionDriver Rsa { get; }

    /// <summary>The kernel's parameter text for PKCS #1 encryption and decryption, and the driver that then runs it.</summary>
    public (string Way, SessionDriver Driver) Encryption(KernelRsaPadding padding) =>
        padding == KernelRsaPadding.None ? ("enc=raw", Rsa) : _pkcs1;

    /// <summary>
    /// The kernel's parameter text for a PKCS #1 signature. It always names a hash: without one, a card may lack the operation.
    /// </summary>
    public (string Way, SessionDriver Driver) Signature(KernelHash hash) =>
        ($"enc=pkcs1 hash={hash.KernelName}", Driver($"pkcs1pad(rsa,{hash.KernelName})", $"pkcs1(rsa,{hash.KernelName})"));

    internal static KeyringHardware Look(VerdictCache<string, KeyringHardware> looks, Func<KeyringHardware> look)
    {
        if (looks.TryRecall(KeyringDriver.Name, out KeyringHardware? known, out _))
        {
            return known!;
        }

        KeyringHardware seen = look();
        if (
            seen.Power.Kind == DriverKind.Hardware
            || seen.Rsa.Kind == DriverKind.Hardware
            || seen._pkcs1.Driver.Kind == DriverKind.Hardware
        )
        {
            looks.Remember(KeyringDriver.Name, seen);
        }
        else
        {
            looks.RememberRefusal(KeyringDriver.Name, seen, 0);
        }

        return seen;
    }

    private (string Way, SessionDriver Driver) Pkcs1()
    {
        SessionDriver plain = Driver("pkcs1pad(rsa)");
        if (plain.Kind != DriverKind.Hardware)
        {
            foreach (KernelHash hash in KernelHash.All)
            {
                if (Driver($"pkcs1pad(rsa,{hash.KernelName})") is { Kind: DriverKind.Hardware } card)
                {
                    return ($"enc=pkcs1 hash={hash.KernelName}", card);
                }
            }
        }

        return ("enc=pkcs1", plain);
    }

    private SessionDriver Driver(params ReadOnlySpan<string> names)
    {
        KernelCryptoEntry? best = null;
        foreach (KernelCryptoEntry entry in _catalogue.Entries)
        {
            if (
                entry.SelfTestPassed
                && !entry.IsInternal
                && names.Contains(entry.Name)
                && entry.Type is "akcipher" or "sig" or "kpp"
                && entry.Priority > (best?.Priority ?? -1)
            )
            {
                best = entry;
            }
        }

        DriverKind kind = best?.Kind ?? DriverKind.Generic;
        return new SessionDriver
        {
            Name = KeyringDriver.Name,
            Kind = kind,
            KernelDriver = best?.DriverName,
            PciAddress = best is null ? null : _locator.AddressOf(best),
        };
    }
}
