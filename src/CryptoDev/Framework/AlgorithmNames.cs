using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace CryptoDev.Framework;

/// <summary>Finds rows by any accepted spelling: this library's, BSD's, OpenSSL's or the kernel's.</summary>
internal static class AlgorithmNames
{
    public static bool TryFind(string? name, [NotNullWhen(true)] out CryptoAlgorithm? algorithm, out int impliedKeyLength)
    {
        algorithm = null;
        impliedKeyLength = 0;
        if (
            string.IsNullOrWhiteSpace(name)
            || !AlgorithmTable.ByName.TryGetValue(Fold(name), out (CryptoAlgorithm Algorithm, int KeyLength) found)
        )
        {
            return false;
        }

        (algorithm, impliedKeyLength) = found;
        return true;
    }

    public static FrozenDictionary<string, (CryptoAlgorithm Algorithm, int KeyLength)> Index(IEnumerable<CryptoAlgorithm> rows)
    {
        Dictionary<string, (CryptoAlgorithm, int)> index = new(StringComparer.Ordinal);
        foreach (CryptoAlgorithm row in rows)
        {
            Add(index, row.Name, row, 0);
            if (row.BsdName is { } bsd)
            {
                Add(index, bsd, row, 0);
                Add(index, bsd["CRYPTO_".Length..], row, 0);
            }

            if (row.Kernel.Name is { } kernel)
            {
                Add(index, kernel, row, 0);
            }

            foreach (AlgorithmAlias alias in row.Aliases)
            {
                Add(index, alias.Name, row, alias.KeyLength);
            }
        }

        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // A spelling belongs to the first row that uses it. So hmac(md5) is HMAC-MD5, not its truncation, which has the same kernel name.
    private static void Add(Dictionary<string, (CryptoAlgorithm, int)> index, string name, CryptoAlgorithm row, int keyLength) =>
        index.TryAdd(Fold(name), (row, keyLength));

    private static string Fold(string name) => name.Trim().ToLowerInvariant().Replace('_', '-');
}
