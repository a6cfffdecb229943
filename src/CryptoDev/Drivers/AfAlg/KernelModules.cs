namespace CryptoDev.Drivers.AfAlg;

/// <summary>The state of one kernel module on this machine.</summary>
internal enum KernelModuleState
{
    /// <summary>Loaded or built in.</summary>
    Present,

    /// <summary>Its file exists and nothing forbids it, but it is not loaded.</summary>
    NotLoaded,

    /// <summary>modprobe or the kernel's command line forbids it.</summary>
    Blacklisted,

    /// <summary>This kernel was built or installed without it.</summary>
    Missing,

    /// <summary>Neither the list of loaded modules nor the module folder can be read (a container).</summary>
    Unknown,
}

/// <summary>Finds out why a module is not loaded. It reads files and never loads a module.</summary>
/// <param name="root">Root of the file system: "/", except in tests.</param>
internal sealed class KernelModules(string root)
{
    private static readonly string[] s_modprobeFolders =
    [
        "etc/modprobe.d",
        "run/modprobe.d",
        "usr/local/lib/modprobe.d",
        "usr/lib/modprobe.d",
        "lib/modprobe.d",
    ];

    /// <summary>The release of the running kernel, or an empty string.</summary>
    public string Release => ReadText("proc/sys/kernel/osrelease").Trim();

    /// <summary>Whether the kernel runs in FIPS mode.</summary>
    public bool IsFips => ReadText("proc/sys/crypto/fips_enabled").Trim() == "1";

    /// <summary>
    /// The level of /proc/sys/crypto/af_alg_restrict (Linux 7.3: 0 open, 1 a list of algorithms, 2 off), or null where there is none.
    /// </summary>
    public int? AfAlgRestrict => int.TryParse(ReadText("proc/sys/crypto/af_alg_restrict").Trim(), out int level) ? level : null;

    /// <summary>Whether a seccomp filter watches this process.</summary>
    public bool HasSeccompFilter =>
        Lines("proc/self/status").Any(line => line.StartsWith("Seccomp:", StringComparison.Ordinal) && line[8..].Trim() == "2");

    /// <summary>The state of a module. When the module is blacklisted, <paramref name="place"/> names the file that forbids it.</summary>
    public KernelModuleState Find(string module, out string place)
    {
        place = "";
        string folder = $"lib/modules/{Release}";
        if (
            Directory.Exists(Path.Combine(root, "sys/module", module))
            || Lines("proc/modules").Any(line => line.StartsWith(module + " ", StringComparison.Ordinal))
            || ListsFile($"{folder}/modules.builtin", module)
        )
        {
            return KernelModuleState.Present;
        }

        if (FindBlacklist(module) is { } file)
        {
            place = file;
            return KernelModuleState.Blacklisted;
        }

        if (ListsFile($"{folder}/modules.dep", module))
        {
            return KernelModuleState.NotLoaded;
        }

        return File.Exists(Path.Combine(root, folder, "modules.dep")) ? KernelModuleState.Missing : KernelModuleState.Unknown;
    }

    private string? FindBlacklist(string module)
    {
        foreach (string folder in s_modprobeFolders)
        {
            string path = Path.Combine(root, folder);
            if (!Directory.Exists(path))
            {
                continue;
            }

            foreach (string file in Files(path))
            {
                if (Lines(Path.GetRelativePath(root, file)).Any(line => Forbids(line, module)))
                {
                    return "/" + Path.GetRelativePath(root, file);
                }
            }
        }

        string option =
            ReadText("proc/cmdline")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(word => word.StartsWith("module_blacklist=", StringComparison.Ordinal))
            ?? "";
        return option[(option.IndexOf('=') + 1)..].Split(',').Select(Canonical).Contains(module)
            ? "the kernel command line (module_blacklist)"
            : null;
    }

    private static bool Forbids(string line, string module)
    {
        // "blacklist" hides the aliases by which the kernel asks for a module. "install NAME /bin/false" is the usual way to forbid it
        // altogether.
        string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["blacklist", string name] => Canonical(name) == module,
            ["install", string name, string command, ..] => Canonical(name) == module
                && (
                    command.EndsWith("/false", StringComparison.Ordinal)
                    || command.EndsWith("/true", StringComparison.Ordinal)
                    || command is "false" or "true" or ":"
                ),
            _ => false,
        };
    }

    /// <summary>modules.dep and modules.builtin list paths: kernel/crypto/algif_aead.ko.xz.</summary>
    private bool ListsFile(string path, string module) =>
        Lines(path)
            .Select(line => line.Split(':')[0])
            .Any(file =>
            {
                string name = file[(file.LastIndexOf('/') + 1)..];
                int extension = name.IndexOf(".ko", StringComparison.Ordinal);
                return extension > 0 && Canonical(name[..extension]) == module;
            });

    private static string Canonical(string module) => module.Replace('-', '_');

    private static string[] Files(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.conf");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be read is no reason for a refusal.
            return [];
        }
    }

    private string[] Lines(string path) => ReadText(path).Split('\n');

    private string ReadText(string path)
    {
        try
        {
            string full = Path.Combine(root, path);
            return File.Exists(full) ? File.ReadAllText(full) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be read is no reason for a refusal.
            return "";
        }
    }
}
