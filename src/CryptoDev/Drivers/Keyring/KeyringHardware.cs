using CryptoDev.Drivers.Kernel;

namespace CryptoDev.Drivers.Keyring;

/// <summary>
/// Which of the kernel's algorithms for large numbers a device serves. A keyring call names no driver: the kernel takes the one of highest
/// priority whose self-test passed, so the way of asking decides. Linux 6.1 and 6.12 with a virtio card: the card has
/// <c>pkcs1pad(rsa,sha1)</c> and fails the test of <c>rsa</c>, so a message is encrypted by the card only if a hash is named that
/// encryption does not use; 7.2: the card has <c>pkcs1pad(rsa)</c>, and signatures never reach it.
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

        // Once: every key operation probes this rung.
        Power = Driver("dh");
        Rsa = Driver("rsa");
        _pkcs1 = Pkcs1();
    }

    /// <summary>
    /// This machine's: a card that was found stands, that there is none is a refusal, so that a card plugged in later is found.
    /// </summary>
    public static KeyringHardware Instance =>
        Look(s_looks, () => new KeyringHardware(KernelCryptoCatalogue.Read(), new PciDeviceLocator()));

    /// <summary>Who computes KEYCTL_DH_COMPUTE.</summary>
    public SessionDriver Power { get; }

    /// <summary>Who does RSA on bare numbers.</summary>
    public SessionDriver Rsa { get; }

    /// <summary>How to ask for PKCS #1 encryption and decryption, in the kernel's words, and who does it then.</summary>
    public (string Way, SessionDriver Driver) Encryption(KernelRsaPadding padding) =>
        padding == KernelRsaPadding.None ? ("enc=raw", Rsa) : _pkcs1;

    /// <summary>How to ask for a PKCS #1 signature. Always with a hash: without one, a card may lack the operation.</summary>
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
            PciAddress = kind == DriverKind.Hardware && _locator.Find(best!.Module) is [PciDevice first, ..] ? first.Address : null,
        };
    }
}
