namespace CryptoDev.Cli.Serve;

/// <summary>The key operations of <c>--key-operations</c>: a list of names, <c>none</c> or <c>all</c>.</summary>
internal static class KeyOperationList
{
    private static readonly (string Name, KeyFeatureMask Bit)[] s_names =
    [
        ("mod-exp", KeyFeatureMask.ModExp),
        ("mod-exp-crt", KeyFeatureMask.ModExpCrt),
        ("dsa-sign", KeyFeatureMask.DsaSign),
        ("dsa-verify", KeyFeatureMask.DsaVerify),
        ("dh", KeyFeatureMask.DhComputeKey),
        ("mod-add", KeyFeatureMask.ModAdd),
        ("mod-addinv", KeyFeatureMask.ModAddInv),
        ("mod-sub", KeyFeatureMask.ModSub),
        ("mod-mult", KeyFeatureMask.ModMult),
        ("mod-multinv", KeyFeatureMask.ModMultInv),
        ("mod", KeyFeatureMask.Mod),
    ];

    /// <summary>The names in the order of the operations' numbers.</summary>
    public static IEnumerable<string> Names => s_names.Select(row => row.Name);

    /// <summary>Reads a list. Hyphens may be left out, as in the names of <c>key</c>.</summary>
    public static KeyFeatureMask Parse(string text) =>
        text switch
        {
            "all" => s_names.Aggregate(KeyFeatureMask.None, (mask, row) => mask | row.Bit),
            "none" => KeyFeatureMask.None,
            _ => text.Split(',', StringSplitOptions.TrimEntries).Aggregate(KeyFeatureMask.None, (mask, name) => mask | Find(name, text)),
        };

    private static KeyFeatureMask Find(string name, string text)
    {
        KeyFeatureMask found = s_names.FirstOrDefault(row => Bare(row.Name) == Bare(name)).Bit;
        return found != KeyFeatureMask.None
            ? found
            : throw CliException.Usage(
                $"--key-operations takes none, all, or names with commas between them ({string.Join(", ", Names)}); '{text}' was given."
            );
    }

    private static string Bare(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal);
}
