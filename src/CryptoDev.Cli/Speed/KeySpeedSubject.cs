using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using CryptoDev.Cli.Check;

namespace CryptoDev.Cli.Speed;

/// <summary>A key operation to measure, with a name such as modexp-2048.</summary>
internal sealed record KeySpeedSubject(string Name, string Kind, int Bits)
{
    private const int ShortestBits = 512;

    /// <summary>The usual length of private values in the groups in use.</summary>
    private const int PrivateBits = 256;

    /// <summary>The kinds, each with its operation, its longest size and its description.</summary>
    private static readonly Dictionary<string, (KeyOperation Operation, int LongestBits, string What)> s_kinds = new()
    {
        ["modexp"] = (KeyOperation.ModExp, KeyOp.MaxOperandBits, "an exponent as long as the odd modulus"),
        ["rsa-crt"] = (KeyOperation.ModExpCrt, KeyOp.MaxOperandBits, "RSA's private operation"),
        ["dsa-sign"] = (KeyOperation.DsaSign, 3072, "a digest of SHA-256"),
        ["dsa-verify"] = (KeyOperation.DsaVerify, 3072, "a digest of SHA-256"),
        ["dh"] = (KeyOperation.DhComputeKey, KeyOp.MaxOperandBits, "a private value of 256 bits"),
        ["rsa-decrypt"] = (KeyOperation.ModExpCrt, 4096, "PKCS #1 by a key in the kernel"),
        ["rsa-sign"] = (KeyOperation.ModExpCrt, 4096, "PKCS #1 with SHA-256 by a key in the kernel"),
    };

    /// <summary>The names of the kinds, for the help text.</summary>
    public static string Kinds => string.Join(", ", s_kinds.Keys);

    /// <summary>Whether the operation uses a key in the kernel. If so, only the keyring driver supports it.</summary>
    public bool IsByKernelKey => Kind is "rsa-decrypt" or "rsa-sign";

    public KeyOperation Operation => s_kinds[Kind].Operation;

    /// <summary>Parses the name of a subject. Null if the name is not a key operation's.</summary>
    public static KeySpeedSubject? Parse(string name)
    {
        int dash = name.LastIndexOf('-');
        string kind = dash < 0 ? name : name[..dash];
        if (!s_kinds.TryGetValue(kind, out (KeyOperation Operation, int LongestBits, string What) row))
        {
            return null;
        }

        bool isSize =
            int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            && bits >= ShortestBits
            && bits <= row.LongestBits
            && bits % 8 == 0;
        bool isGroup = !kind.StartsWith("dsa", StringComparison.Ordinal) || bits is 1024 or 2048 or 3072;
        return isSize && isGroup
            ? new KeySpeedSubject(name, kind, bits)
            : throw CliException.Usage(
                $"'{name}': {kind} takes "
                    + (kind.StartsWith("dsa", StringComparison.Ordinal) ? "1024, 2048 or 3072" : $"{ShortestBits} to {row.LongestBits}")
                    + $" bits, as in {kind}-2048."
            );
    }

    /// <summary>
    /// Makes the operands once. The returned function makes one operation of them. It can be called repeatedly and from any thread.
    /// </summary>
    public Func<KeyOp> Prepare() =>
        Kind switch
        {
            "modexp" => PreparePower(),
            "rsa-crt" => PrepareCrt(),
            "dsa-sign" or "dsa-verify" => PrepareDsa(),
            _ => PrepareAgreement(),
        };

    /// <summary>
    /// Prepares one operation with a key in the kernel. It can be called repeatedly and from any thread. Disposing the key deletes it.
    /// </summary>
    public (Action Once, SessionDriver Driver, IDisposable Key) PrepareKernelKey()
    {
        using RSA rsa = RSA.Create(Bits);
        KernelKey key = KernelKey.ImportRsaPrivateKey(rsa.ExportParameters(includePrivateParameters: true));
        if (Kind == "rsa-sign")
        {
            byte[] digest = RandomNumberGenerator.GetBytes(32);
            return (() => key.RsaSign(digest, HashAlgorithmName.SHA256), KernelKey.FindRsaDriver(HashAlgorithmName.SHA256), key);
        }

        byte[] ciphertext = rsa.Encrypt(RandomNumberGenerator.GetBytes(32), RSAEncryptionPadding.Pkcs1);
        return (() => key.RsaDecrypt(ciphertext), KernelKey.FindRsaDriver(KernelRsaPadding.Pkcs1), key);
    }

    private Func<KeyOp> PreparePower()
    {
        byte[] modulus = Odd(Bits);
        byte[] baseValue = Below(modulus);
        byte[] exponent = Odd(Bits);
        return () => KeyOp.ModExp(baseValue, exponent, modulus);
    }

    private Func<KeyOp> PrepareCrt()
    {
        using RSA rsa = RSA.Create(Bits);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
        byte[] message = Below(key.Modulus!);
        return () => KeyOp.ModExpCrt(key.P!, key.Q!, message, key.DP!, key.DQ!, key.InverseQ!);
    }

    private Func<KeyOp> PrepareDsa()
    {
        (byte[] p, byte[] q, byte[] g, byte[] x, byte[] y) = Group();
        byte[] digest = RandomNumberGenerator.GetBytes(32);
        if (Kind == "dsa-sign")
        {
            return () => KeyOp.DsaSign(digest, p, q, g, x);
        }

        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp sign = KeyOp.DsaSign(digest, p, q, g, x);
        using KeyResult signature = device.Process(sign, DriverPolicy.SoftwareOnly);
        byte[] r = signature.ToArray(0);
        byte[] s = signature.ToArray(1);
        return () => KeyOp.DsaVerify(digest, p, q, g, y, r, s);
    }

    private Func<KeyOp> PrepareAgreement()
    {
        byte[] prime = Bits switch
        {
            1024 => Convert.FromHexString(KeyKnownAnswerTable.Dh1024Prime),
            2048 => Convert.FromHexString(KeyKnownAnswerTable.Dh2048Prime),

            // The time depends on the length. It does not matter whether the number is prime.
            _ => Odd(Bits),
        };
        byte[] publicKey = Below(prime);
        byte[] privateKey = Odd(PrivateBits);
        return () => KeyOp.DhComputeKey(privateKey, publicKey, prime);
    }

    /// <summary>Uses a group of RFC 6979 if it has one of this size, because making one takes long.</summary>
    private (byte[] P, byte[] Q, byte[] G, byte[] X, byte[] Y) Group()
    {
        if (Bits == 3072)
        {
            using DSA dsa = DSA.Create(Bits);
            DSAParameters key = dsa.ExportParameters(includePrivateParameters: true);
            return (key.P!, key.Q!, key.G!, key.X!, key.Y!);
        }

        KeyKnownAnswer answer = KeyKnownAnswerTable.Rows.First(row =>
            row.Operation == KeyOperation.DsaSign && row.Operands[1].Length == Bits / 4
        );
        byte[][] numbers = [.. answer.Operands.Skip(1).Select(Convert.FromHexString)];
        BigInteger publicKey = BigInteger.ModPow(KeyCase.Number(numbers[2]), KeyCase.Number(numbers[3]), KeyCase.Number(numbers[0]));
        return (numbers[0], numbers[1], numbers[2], numbers[3], KeyCase.Bytes(publicKey));
    }

    /// <summary>A random odd number with exactly that many bits.</summary>
    private static byte[] Odd(int bits)
    {
        byte[] number = RandomNumberGenerator.GetBytes(bits / 8);
        number[0] |= 0x80;
        number[^1] |= 1;
        return number;
    }

    private static byte[] Below(byte[] modulus)
    {
        byte[] number = RandomNumberGenerator.GetBytes(modulus.Length);
        number[0] = (byte)(modulus[0] / 2);
        return number;
    }
}
