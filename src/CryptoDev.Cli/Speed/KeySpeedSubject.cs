using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using CryptoDev.Cli.Check;

namespace CryptoDev.Cli.Speed;

/// <summary>A key operation to be measured, by a name such as modexp-2048.</summary>
internal sealed record KeySpeedSubject(string Name, string Kind, int Bits)
{
    private const int ShortestBits = 512;

    /// <summary>As long as private values are with the groups in use.</summary>
    private const int PrivateBits = 256;

    /// <summary>The kinds, each with the operation it is and what it takes.</summary>
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

    /// <summary>For the help text.</summary>
    public static string Kinds => string.Join(", ", s_kinds.Keys);

    /// <summary>Whether a key in the kernel does it, and so no driver but the keyring.</summary>
    public bool IsByKernelKey => Kind is "rsa-decrypt" or "rsa-sign";

    public KeyOperation Operation => s_kinds[Kind].Operation;

    /// <summary>The subject of a name, or null when it is an algorithm's.</summary>
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

    /// <summary>Makes the operands once; the answer makes one operation of them, as often as it is called and from any thread.</summary>
    public Func<KeyOp> Prepare() =>
        Kind switch
        {
            "modexp" => PreparePower(),
            "rsa-crt" => PrepareCrt(),
            "dsa-sign" or "dsa-verify" => PrepareDsa(),
            _ => PrepareAgreement(),
        };

    /// <summary>
    /// One operation with a key in the kernel, to be called as often as wanted and from any thread; the key goes with it.
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
        return () => KeyOp.ModExpCrt(key.P, key.Q, message, key.DP, key.DQ, key.InverseQ);
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

            // The time depends on the length; that it is prime is not looked at.
            _ => Odd(Bits),
        };
        byte[] publicKey = Below(prime);
        byte[] privateKey = Odd(PrivateBits);
        return () => KeyOp.DhComputeKey(privateKey, publicKey, prime);
    }

    /// <summary>The groups of RFC 6979 where it has one: to make one takes long.</summary>
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

    /// <summary>With exactly so many bits, and odd.</summary>
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
