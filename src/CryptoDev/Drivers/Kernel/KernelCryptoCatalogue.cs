using CryptoDev.Native;

namespace CryptoDev.Drivers.Kernel;

/// <summary>
/// The algorithms that the kernel has registered now. Templates appear only after their first use, so a missing entry proves nothing. To
/// learn whether an algorithm works, bind it. To learn its driver, kind and sizes, read this list.
/// </summary>
internal sealed class KernelCryptoCatalogue
{
    private KernelCryptoCatalogue(IReadOnlyList<KernelCryptoEntry> entries, IReadOnlyList<string> problems)
    {
        Entries = entries;
        Problems = problems;
    }

    /// <summary>One dump of NETLINK_CRYPTO, or <see langword="null"/> and the reason.</summary>
    internal delegate IReadOnlyList<CryptoUserRecord>? CryptoUserDump(out Errno error);

    /// <summary>All entries in the order of /proc/crypto, also unusable ones.</summary>
    public IReadOnlyList<KernelCryptoEntry> Entries { get; }

    /// <summary>One sentence for each source or record that could not be read. The entries are the rest.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Reads this machine's kernel.</summary>
    public static KernelCryptoCatalogue Read() => Read("/proc", "/sys", CryptoUserSocket.Dump);

    /// <summary>Reads from the given roots; never throws.</summary>
    public static KernelCryptoCatalogue Read(string procRoot, string sysRoot, CryptoUserDump dump)
    {
        List<string> problems = [];
        List<KernelCryptoEntry> entries = [];
        string? text = ReadText(Path.Combine(procRoot, "crypto"), problems);
        if (text is not null)
        {
            (IReadOnlyList<KernelCryptoEntry> parsed, IReadOnlyList<string> wrong) = ProcCryptoParser.Parse(text);
            entries.AddRange(parsed);
            problems.AddRange(wrong);
        }

        IReadOnlyList<CryptoUserRecord>? records = dump(out Errno error);
        if (records is null)
        {
            problems.Add($"NETLINK_CRYPTO did not list the algorithms: {error}. Their flags stay unknown.");
        }
        else
        {
            Merge(entries, records);
        }

        return new KernelCryptoCatalogue(new KernelDriverClassifier(sysRoot).Classify(entries), problems);
    }

    /// <summary>
    /// The usable drivers of one algorithm, the first choice in front: devices before CPU code, then by the kernel's own priority. The
    /// kernel alone would never choose the card (cbc-aes-aesni 400 beats virtio_crypto_aes_cbc 150).
    /// </summary>
    public IReadOnlyList<KernelCryptoEntry> FindDrivers(string bindType, string name) =>
        [
            .. Entries
                .Where(entry => entry.IsUsable && entry.BindType == bindType && entry.Name == name)
                .OrderByDescending(entry => entry.Kind == DriverKind.Hardware)
                .ThenByDescending(entry => entry.Priority),
        ];

    /// <summary>The entry of a driver name such as virtio_crypto_aes_cbc, usable or not.</summary>
    public KernelCryptoEntry? FindDriver(string driverName) => Entries.FirstOrDefault(entry => entry.DriverName == driverName);

    private static void Merge(List<KernelCryptoEntry> entries, IReadOnlyList<CryptoUserRecord> records)
    {
        Dictionary<(string, string), int> positions = [];
        for (int i = 0; i < entries.Count; i++)
        {
            positions.TryAdd((entries[i].Name, entries[i].DriverName), i);
        }

        foreach (CryptoUserRecord record in records)
        {
            if (positions.TryGetValue((record.Name, record.DriverName), out int i))
            {
                entries[i] = entries[i].MergedWith(record);
            }
            else if (!IsCut(record))
            {
                entries.Add(KernelCryptoEntry.From(record));
            }
        }
    }

    /// <summary>
    /// Whether netlink truncated the name: it cuts names at 63 letters. A truncated name would only duplicate an entry of /proc/crypto
    /// under a name that cannot be bound.
    /// </summary>
    private static bool IsCut(CryptoUserRecord record) =>
        record.Name.Length >= CryptoUser.CRYPTO_MAX_NAME - 1 || record.DriverName.Length >= CryptoUser.CRYPTO_MAX_NAME - 1;

    private static string? ReadText(string path, List<string> problems)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path} could not be read: {e.Message}");
            return null;
        }
    }
}
