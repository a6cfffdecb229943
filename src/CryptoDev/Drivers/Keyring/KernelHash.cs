using System.Security.Cryptography;

namespace CryptoDev.Drivers.Keyring;

/// <summary>A hash as .NET and as the kernel's RSA name it.</summary>
internal sealed record KernelHash(HashAlgorithmName Name, string KernelName, int Length)
{
    private static readonly KernelHash[] s_all =
    [
        new(HashAlgorithmName.MD5, "md5", 16),
        new(HashAlgorithmName.SHA1, "sha1", 20),
        new(HashAlgorithmName.SHA256, "sha256", 32),
        new(HashAlgorithmName.SHA384, "sha384", 48),
        new(HashAlgorithmName.SHA512, "sha512", 64),
        new(HashAlgorithmName.SHA3_256, "sha3-256", 32),
        new(HashAlgorithmName.SHA3_384, "sha3-384", 48),
        new(HashAlgorithmName.SHA3_512, "sha3-512", 64),
    ];

    /// <summary>The row for digests of this length.</summary>
    public static KernelHash Find(HashAlgorithmName name, int length, string nameParameter, string digestParameter)
    {
        KernelHash row = Array.Find(s_all, one => one.Name == name)
            ?? throw new ArgumentException($"'{name.Name}' is no hash that the kernel signs with; these are {string.Join(", ", s_all.Select(one => one.Name.Name))}.", nameParameter);
        return length == row.Length ? row : throw new ArgumentException($"A digest of {name.Name} has {row.Length} bytes; {length} were given.", digestParameter);
    }
}
