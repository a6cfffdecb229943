using System.Security.Cryptography;

namespace CryptoDev.Drivers.Keyring;

/// <summary>A hash with its names in .NET and in the kernel's RSA.</summary>
internal sealed record KernelHash(HashAlgorithmName Name, string KernelName, int Length, string ObjectIdentifier)
{
    public static IReadOnlyList<KernelHash> All { get; } =
    [
        new(HashAlgorithmName.MD5, "md5", 16, "1.2.840.113549.2.5"),
        new(HashAlgorithmName.SHA1, "sha1", 20, "1.3.14.3.2.26"),
        new(HashAlgorithmName.SHA256, "sha256", 32, "2.16.840.1.101.3.4.2.1"),
        new(HashAlgorithmName.SHA384, "sha384", 48, "2.16.840.1.101.3.4.2.2"),
        new(HashAlgorithmName.SHA512, "sha512", 64, "2.16.840.1.101.3.4.2.3"),
        new(HashAlgorithmName.SHA3_256, "sha3-256", 32, "2.16.840.1.101.3.4.2.8"),
        new(HashAlgorithmName.SHA3_384, "sha3-384", 48, "2.16.840.1.101.3.4.2.9"),
        new(HashAlgorithmName.SHA3_512, "sha3-512", 64, "2.16.840.1.101.3.4.2.10"),
    ];

    /// <summary>The row of the given hash.</summary>
    public static KernelHash Find(HashAlgorithmName name, string parameter) =>
        All.FirstOrDefault(one => one.Name == name)
        ?? throw new ArgumentException(
            $"'{name.Name}' is no hash that the kernel signs with; these are {string.Join(", ", All.Select(one => one.Name.Name))}.",
            parameter
        );

    /// <summary>The row for a digest of the given length.</summary>
    public static KernelHash Find(HashAlgorithmName name, int length, string nameParameter, string digestParameter)
    {
        KernelHash row = Find(name, nameParameter);
        return length == row.Length
            ? row
            : throw new ArgumentException($"A digest of {name.Name} has {row.Length} bytes; {length} were given.", digestParameter);
    }
}
