using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>
/// What callers get wrong with keys in the kernel is refused by name before the kernel is asked, so on every machine alike.
/// </summary>
public sealed class KernelKeyBadInputTests
{
    private static readonly KernelKey s_any = KernelKey.FromSerial(1);

    [Fact]
    public void A_private_key_has_all_its_numbers()
    {
        using RSA rsa = RSA.Create(1024);
        RSAParameters whole = rsa.ExportParameters(includePrivateParameters: true);
        RSAParameters[] broken =
        [
            rsa.ExportParameters(includePrivateParameters: false),
            default,
            whole with
            {
                Modulus = null,
            },
            whole with
            {
                Exponent = null,
            },
            whole with
            {
                D = [],
            },
            whole with
            {
                P = [0],
            },
            whole with
            {
                Q = null,
            },
            whole with
            {
                DP = null,
            },
            whole with
            {
                DQ = new byte[64],
            },
            whole with
            {
                InverseQ = null,
            },
        ];
        foreach (RSAParameters one in broken)
        {
            Refused(() => KernelKey.ImportRsaPrivateKey(one), "key", "*is missing*all eight*");
        }

        Refused(
            () => KernelKey.ImportRsaPrivateKey(whole with { Modulus = [0, 1, .. new byte[99]] }),
            "key",
            "*512, 1024, 1536, 2048, 3072, 4096 bits*800*"
        );
    }

    [Fact]
    public void An_encoded_private_key_is_looked_at()
    {
        using RSA rsa = RSA.Create(1024);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] good = rsa.ExportPkcs8PrivateKey();
        foreach (
            byte[] bad in new[]
            {
                [],
                [0x30],
                good[..^1],
                [.. good, 0],
                rsa.ExportRSAPrivateKey(),
                rsa.ExportSubjectPublicKeyInfo(),
                other.ExportPkcs8PrivateKey(),
                [.. Enumerable.Repeat((byte)0x30, 100)],
            }
        )
        {
            Refused(() => KernelKey.ImportPkcs8PrivateKey(bad), "der", "*not an RSA private key*");
        }

        byte[] encrypted = rsa.ExportEncryptedPkcs8PrivateKey(
            "word",
            new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)
        );
        Refused(() => KernelKey.ImportPkcs8PrivateKey(encrypted), "der", "*not encrypted*");

        using RSA odd = RSA.Create(1152);
        Refused(() => KernelKey.ImportPkcs8PrivateKey(odd.ExportPkcs8PrivateKey()), "der", "*1152*");
        foreach (byte[] bad in new byte[][] { [], [0x30, 0x05], [.. good, 0] })
        {
            Refused(() => KernelKey.ImportCertificate(bad), "der", "*X.509*");
        }
    }

    [Fact]
    public void Symmetric_keys_have_a_length()
    {
        Refused(() => KernelKey.Import([]), "bytes", "*1 to 32767*0*");
        Refused(() => KernelKey.Import(new byte[32768]), "bytes", "*32768*");
    }

    [Fact]
    public void Hashes_and_paddings_are_known_ones()
    {
        Refused(() => s_any.RsaSign(new byte[20], new HashAlgorithmName("SHA224")), "hash", "*SHA224*SHA256*");
        Refused(() => s_any.RsaSign(new byte[20], default), "hash", "*no hash*");
        Refused(() => s_any.RsaSign(new byte[31], HashAlgorithmName.SHA256), "digest", "*32 bytes; 31*");
        Refused(() => s_any.RsaVerify([], new byte[256], HashAlgorithmName.SHA512), "digest", "*64 bytes; 0*");
        Refused(() => s_any.RsaVerify([], new byte[256], new HashAlgorithmName("CRC")), "hash", "*CRC*");
        Refused(() => KernelKey.FindRsaDriver(new HashAlgorithmName("CRC")), "hash", "*CRC*");
        Refused(() => s_any.RsaEncrypt([1], (KernelRsaPadding)2), "padding", "*no such padding*");
        Refused(() => s_any.RsaDecrypt([1], (KernelRsaPadding)2), "padding", "*no such padding*");
        Refused(() => s_any.RsaDecrypt([1], new byte[1], (KernelRsaPadding)2), "padding", "*no such padding*");
        Refused(() => KernelKey.FindRsaDriver((KernelRsaPadding)2), "padding", "*no such padding*");
    }

    private static void Refused(Action act, string parameter, string message) =>
        act.Should().Throw<ArgumentException>().WithParameterName(parameter).WithMessage(message);
}
