using CryptoDev.Drivers.Kernel;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// Says why a step was refused and what would help. It looks at the machine and does not guess from the kernel's version.
/// </summary>
internal sealed class AfAlgDiagnosis(KernelModules modules)
{
    private const string RestrictFile = "/proc/sys/crypto/af_alg_restrict";

    /// <summary>One sentence for the reason. Where something can be done, one sentence for the cure.</summary>
    public (string Reason, string? Cure) Explain(AfAlgFailure failure, AfAlgTarget target, KernelCryptoCatalogue catalogue) =>
        (failure.Step, failure.Error.Number) switch
        {
            (AfAlgStep.Socket, _) => ExplainSocket(failure.Error),
            (AfAlgStep.Bind, LibC.ENOENT) => ExplainMissing(target, catalogue),
            (AfAlgStep.Bind, LibC.ELIBBAD) => ($"the self-test of {target.Name} failed in this kernel", null),
            (AfAlgStep.Bind, LibC.EPERM or LibC.EACCES) => (
                $"binding {target.Name} is forbidden here ({failure.Error.Name})",
                "ask whoever set up the sandbox or security module"
            ),
            (AfAlgStep.Key, LibC.EINVAL) => ($"{target.Name} does not take a key of this length{FipsNote()}", null),
            (AfAlgStep.Key, LibC.ENOMEM) => ($"the key is too long for the kernel's option memory", "raise net.core.optmem_max"),
            (AfAlgStep.KeySerial, LibC.ENOPROTOOPT) => (
                "this kernel does not take keys by serial number; Linux 6.2 and later do",
                "give the key's bytes, or use a newer kernel"
            ),
            (AfAlgStep.KeySerial, LibC.ENOKEY) => ("there is no key of that serial number, or it is not this process's to find", null),
            (AfAlgStep.KeySerial, LibC.EACCES) => ("this process may not search for the key of that serial number", "keyctl setperm"),
            (AfAlgStep.KeySerial, LibC.EOPNOTSUPP) => (
                "the key of that serial number is of a type that AF_ALG does not read; user, logon, encrypted and trusted are",
                null
            ),
            (AfAlgStep.KeySerial, LibC.EINVAL) => (
                $"{target.Name} does not take the key of that serial number: its length is not one of the algorithm's",
                null
            ),
            (AfAlgStep.TagLength, _) => ($"{target.Name} does not have tags of this length ({failure.Error.Name})", null),
            (_, LibC.EMFILE) => ("this process has too many open descriptors", "raise its limit (ulimit -n) or dispose sessions"),
            (_, LibC.ENFILE) => ("the machine has too many open files", "raise fs.file-max"),
            (AfAlgStep.Buffer, _) => (
                "the socket buffers of this machine are too small for any message",
                "raise net.core.wmem_default and net.core.rmem_default"
            ),
            _ => ($"the kernel refused to {failure.Describe(target.Type, target.Name)}: {failure.Error}", null),
        };

    /// <summary>Facts about the machine that concern the whole rung.</summary>
    /// <param name="catalogue">The drivers that the kernel has.</param>
    /// <param name="isRefused">Whether the kernel has the driver and does not let it be bound.</param>
    public IReadOnlyList<string> Notes(KernelCryptoCatalogue catalogue, Func<KernelCryptoEntry, bool> isRefused)
    {
        List<string> notes = [];
        if (modules.AfAlgRestrict is { } level)
        {
            notes.Add(
                $"{RestrictFile} is {level}: "
                    + $"{(level switch { 0 => "no restriction", 1 => "only a list of algorithms may be bound", _ => "AF_ALG is off" })}."
            );
        }

        if (modules.IsFips)
        {
            notes.Add(
                "The kernel runs in FIPS mode (/proc/sys/crypto/fips_enabled): it refuses algorithms and key sizes that are not approved."
            );
        }

        foreach (string module in (string[])["af_alg", "algif_hash", "algif_skcipher", "algif_aead", "algif_rng"])
        {
            if (modules.Find(module, out string place) == KernelModuleState.Blacklisted)
            {
                notes.Add($"The kernel module {module} is forbidden by {place}.");
            }
        }

        foreach (KernelCryptoEntry entry in catalogue.Entries)
        {
            if (!entry.SelfTestPassed && !entry.IsInternal)
            {
                notes.Add($"The kernel driver {entry.DriverName} ({entry.Name}) did not pass its self-test and is not used.");
            }
        }

        // Such a kernel binds the CPU's code under the plain name instead, so nothing else here would tell of the card.
        foreach (
            KernelCryptoEntry entry in catalogue
                .Entries.Where(entry => entry is { IsUsable: true, Kind: DriverKind.Hardware } && isRefused(entry))
                .DistinctBy(entry => entry.DriverName)
        )
        {
            notes.Add(
                $"The kernel driver {entry.DriverName} ({entry.Name}) is hardware that AF_ALG does not reach here, "
                    + "as on Linux 7.2 and later; use a driver for /dev/crypto, or an older kernel."
            );
        }

        notes.AddRange(catalogue.Problems);
        return notes;
    }

    private (string Reason, string? Cure) ExplainSocket(Errno error)
    {
        switch (error.Number)
        {
            case LibC.EAFNOSUPPORT when modules.AfAlgRestrict >= 2:
                return ($"AF_ALG is switched off by {RestrictFile}", "sysctl crypto.af_alg_restrict=0");
            case LibC.EAFNOSUPPORT:
                return ExplainModule("af_alg", "AF_ALG sockets")
                    ?? ("this kernel answers that it has no AF_ALG sockets although the module af_alg is there", null);
            case LibC.EPERM or LibC.EACCES or LibC.ENOSYS when modules.HasSeccompFilter:
                return (
                    $"a seccomp filter of this container forbids AF_ALG sockets ({error.Name})",
                    "allow socket(2) with family 38 in its seccomp profile"
                );
            case LibC.EPERM or LibC.EACCES:
                return (
                    $"AF_ALG sockets are forbidden to this process ({error.Name})",
                    "ask whoever set up the security module (SELinux, AppArmor, systemd RestrictAddressFamilies)"
                );
            case LibC.EMFILE:
                return ("this process has too many open descriptors", "raise its limit (ulimit -n) or dispose sessions");
            default:
                return ($"the kernel refused an AF_ALG socket: {error}", null);
        }
    }

    private (string Reason, string? Cure) ExplainMissing(AfAlgTarget target, KernelCryptoCatalogue catalogue)
    {
        if (ExplainModule($"algif_{target.Type}", $"AF_ALG sockets of type {target.Type}") is { } noType)
        {
            return noType;
        }

        KernelCryptoEntry? entry =
            catalogue.FindDriver(target.Name)
            ?? catalogue.Entries.FirstOrDefault(one => one.Name == target.Name && one.BindType == target.Type);
        if (entry is { IsInternal: true })
        {
            return ($"{target.Name} is a building block of other drivers and cannot be bound", null);
        }

        if (entry is { SelfTestPassed: false })
        {
            return ($"the self-test of {entry.DriverName} did not pass in this kernel", null);
        }

        if (entry is { IsUsable: true, Kind: DriverKind.Hardware })
        {
            return (
                $"this kernel does not let {entry.DriverName} be reached over AF_ALG, as Linux 7.2 and later do with all hardware",
                "use a driver for /dev/crypto, or an older kernel"
            );
        }

        if (modules.AfAlgRestrict == 1)
        {
            return ($"{target.Name} is not on the list that {RestrictFile} leaves open", "sysctl crypto.af_alg_restrict=0");
        }

        if (modules.IsFips)
        {
            return ($"the kernel runs in FIPS mode and has no approved {target.Name}", null);
        }

        return ($"this kernel has no {target.Name}", "load the module that provides it, if the kernel was built with one");
    }

    private (string Reason, string? Cure)? ExplainModule(string module, string what) =>
        modules.Find(module, out string place) switch
        {
            KernelModuleState.Blacklisted => (
                $"{what} need the kernel module {module}, which is forbidden by {place}",
                $"remove it there, then modprobe {module}"
            ),
            KernelModuleState.NotLoaded => (
                $"{what} need the kernel module {module}, which is installed but not loaded",
                $"modprobe {module}"
            ),
            KernelModuleState.Missing => (
                $"this kernel has no {what}: there is no module {module}",
                "use a kernel built with CONFIG_CRYPTO_USER_API_*"
            ),
            KernelModuleState.Unknown when module == "af_alg" => (
                $"this kernel has no {what}",
                "modprobe af_alg on the host, if its kernel has the module"
            ),
            _ => null,
        };

    private string FipsNote() => modules.IsFips ? " (the kernel runs in FIPS mode)" : "";
}
