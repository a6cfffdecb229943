using CryptoDev.Tests.Abi;

namespace CryptoDev.Tests.KeyOps;

/// <summary>Records of hex fields, separated by empty lines.</summary>
internal static class KeyVectors
{
    public static IEnumerable<Dictionary<string, string>> Read(string name)
    {
        string path = Path.Combine(AbiWitness.FindRepositoryRoot(), "tests", "CryptoDev.Tests", "KeyOps", "Vectors", name);
        return File.ReadAllText(path)
            .Split("\n\n")
            .Select(record =>
                record
                    .Split('\n')
                    .Where(line => line.Contains(" = ", StringComparison.Ordinal))
                    .Select(line => line.Split(" = ", 2))
                    .ToDictionary(parts => parts[0], parts => parts[1])
            );
    }

    public static byte[] Hex(this Dictionary<string, string> record, string field) => Convert.FromHexString(record[field]);
}
