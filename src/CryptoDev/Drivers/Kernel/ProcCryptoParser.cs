using System.Globalization;

namespace CryptoDev.Drivers.Kernel;

/// <summary>Parses the text of /proc/crypto: records of "key : value" lines with a blank line between records.</summary>
internal static class ProcCryptoParser
{
    /// <summary>The entries, and one sentence for each record that could not be used.</summary>
    public static (IReadOnlyList<KernelCryptoEntry> Entries, IReadOnlyList<string> Problems) Parse(string text)
    {
        List<KernelCryptoEntry> entries = [];
        List<string> problems = [];
        Dictionary<string, string> record = new(StringComparer.Ordinal);
        int lineNumber = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            lineNumber++;
            ReadOnlySpan<char> line = raw.Trim();
            if (line.IsEmpty)
            {
                Flush(record, lineNumber, entries, problems);
                continue;
            }

            int colon = line.IndexOf(':');
            if (colon <= 0)
            {
                problems.Add($"Line {lineNumber} of /proc/crypto has no key: \"{line}\".");
                continue;
            }

            // A name such as "cbc(aes)" contains no colon. Only the first colon separates.
            record[line[..colon].TrimEnd().ToString()] = line[(colon + 1)..].TrimStart().ToString();
        }

        Flush(record, lineNumber, entries, problems);
        return (entries, problems);
    }

    private static void Flush(Dictionary<string, string> record, int lineNumber, List<KernelCryptoEntry> entries, List<string> problems)
    {
        if (record.Count == 0)
        {
            return;
        }

        if (
            record.TryGetValue("name", out string? name)
            && record.TryGetValue("driver", out string? driver)
            && record.TryGetValue("type", out string? type)
        )
        {
            entries.Add(
                new KernelCryptoEntry(name, driver, type)
                {
                    Module = KernelCryptoEntry.ModuleName(record.GetValueOrDefault("module", "")),
                    Priority = Number(record, "priority"),
                    SelfTestPassed = record.GetValueOrDefault("selftest") == "passed",
                    IsInternal = record.GetValueOrDefault("internal") == "yes",
                    IsAsync = record.GetValueOrDefault("async") == "yes",
                    BlockSize = Number(record, "blocksize"),
                    IvSize = Number(record, "ivsize"),
                    MinKeySize = Number(record, "min keysize"),
                    MaxKeySize = Number(record, "max keysize"),
                    DigestSize = Number(record, "digestsize"),
                    MaxAuthSize = Number(record, "maxauthsize"),
                    SeedSize = Number(record, "seedsize"),
                }
            );
        }
        else
        {
            problems.Add($"The record of /proc/crypto that ends at line {lineNumber} lacks its name, driver or type.");
        }

        record.Clear();
    }

    /// <summary>0 for a size that is absent or not a number. 0 means unknown, as for a type that has no such size.</summary>
    private static int Number(Dictionary<string, string> record, string key) =>
        int.TryParse(record.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
