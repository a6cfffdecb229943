using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CryptoDev.Conformance.Support;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.Keyring;

/// <summary>
/// Keys that stay in the kernel: RSA like .NET's, sessions like the software driver's, and nothing left when they are disposed. Where the
/// kernel has none, a reason.
/// </summary>
[Collection(KernelKeys.Collection)]
public sealed class KernelKeyTests
{
    private static readonly RSA s_rsa = RSA.Create(2048);
    private static readonly HashAlgorithmName[] s_hashes =
    [
        HashAlgorithmName.SHA1,
        HashAlgorithmName.SHA256,
        HashAlgorithmName.SHA384,
        HashAlgorithmName.SHA512,
    ];
    private readonly byte[] _digest = SHA256.HashData("digested"u8);

    [Fact]
    public void Kernels_that_have_asymmetric_keys_take_one_and_the_others_say_why_not()
    {
        if (!KernelKeys.IsPromised)
        {
            if (KernelKeys.WhyNoRsa is { } reason)
            {
                reason.Errno.Should().BePositive();
                reason.Message.Should().StartWith("keyring: add an RSA private key: ");
            }

            return;
        }

        KernelKeys.WhyNoRsa.Should().BeNull($"kernel {Targets.Kernel} has them");
    }

    [Fact]
    public void Encryption_is_that_of_the_framework_both_ways()
    {
        using KernelKey? key = KernelKeys.Rsa(s_rsa);
        if (key is null)
        {
            return;
        }

        foreach (int length in new[] { 0, 1, 32, 245 })
        {
            byte[] message = RandomNumberGenerator.GetBytes(length);
            s_rsa.Decrypt(key.RsaEncrypt(message), RSAEncryptionPadding.Pkcs1).Should().Equal(message, $"{length} bytes to the framework");
            byte[] ciphertext = s_rsa.Encrypt(message, RSAEncryptionPadding.Pkcs1);
            key.RsaDecrypt(ciphertext).Should().Equal(message, $"{length} bytes from the framework");
            byte[] room = new byte[256];
            key.RsaDecrypt(ciphertext, room).Should().Be(length);
            room.AsSpan(0, length).ToArray().Should().Equal(message);
            if (length > 0)
            {
                key.Invoking(k => k.RsaDecrypt(ciphertext, new byte[length - 1]))
                    .Should()
                    .Throw<ArgumentException>()
                    .WithParameterName("destination");
            }
        }

        key.Invoking(k => k.RsaEncrypt(new byte[246]))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("message")
            .WithMessage("*at most 245*");
        key.Invoking(k => k.RsaDecrypt(new byte[255])).Should().Throw<ArgumentException>().WithParameterName("ciphertext");
        byte[] other = RandomNumberGenerator.GetBytes(256);
        other[0] = 1;
        key.Invoking(k => k.RsaDecrypt(other)).Should().Throw<CryptoDevException>().WithMessage("*not made for this key*");
    }

    [Fact]
    public void Without_padding_it_is_a_power()
    {
        using KernelKey? key = KernelKeys.Rsa(s_rsa);
        if (key is null)
        {
            return;
        }

        RSAParameters numbers = s_rsa.ExportParameters(includePrivateParameters: true);
        BigInteger n = Unsigned(numbers.Modulus!);
        foreach (BigInteger message in new[] { 2, n - 2, Unsigned(RandomNumberGenerator.GetBytes(255)) })
        {
            byte[] bytes = Bytes(message);
            byte[] encrypted = key.RsaEncrypt(bytes, KernelRsaPadding.None);
            Unsigned(encrypted).Should().Be(BigInteger.ModPow(message, 65537, n));
            encrypted.Should().HaveCount(256);
            Unsigned(key.RsaDecrypt(encrypted, KernelRsaPadding.None)).Should().Be(message);
        }

        key.Invoking(k => k.RsaEncrypt(numbers.Modulus!, KernelRsaPadding.None))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("message")
            .WithMessage("*less 2*");
        key.Invoking(k => k.RsaEncrypt(new byte[257], KernelRsaPadding.None))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("message");
        key.Invoking(k => k.RsaEncrypt(new byte[1], (KernelRsaPadding)7))
            .Should()
            .Throw<ArgumentOutOfRangeException>()
            .WithParameterName("padding");
    }

    [Fact]
    public void Signatures_are_those_of_the_framework_and_bad_ones_are_bad()
    {
        using KernelKey? key = KernelKeys.Rsa(s_rsa);
        if (key is null)
        {
            return;
        }

        foreach (HashAlgorithmName hash in s_hashes)
        {
            byte[] digest = CryptographicOperations.HashData(hash, "digested"u8);
            byte[] signature = key.RsaSign(digest, hash);
            signature.Should().Equal(s_rsa.SignHash(digest, hash, RSASignaturePadding.Pkcs1), $"{hash}");
            key.RsaVerify(digest, signature, hash).Should().BeTrue($"{hash}");
            digest[0] ^= 1;
            key.RsaVerify(digest, signature, hash).Should().BeFalse($"another digest, {hash}");
        }

        byte[] good = key.RsaSign(_digest, HashAlgorithmName.SHA256);
        foreach (
            byte[] bad in new[]
            {
                [],
                good[1..],
                [.. good, 0],
                new byte[256],
                [.. Enumerable.Repeat((byte)0xFF, 256)],
                [(byte)(good[0] ^ 1), .. good[1..]],
                [.. good[..255], (byte)(good[255] ^ 0x80)],
            }
        )
        {
            key.RsaVerify(_digest, bad, HashAlgorithmName.SHA256).Should().BeFalse($"{bad.Length} bytes");
        }

        byte[] wrongHash = key.RsaSign(SHA384.HashData("digested"u8), HashAlgorithmName.SHA384);
        key.RsaVerify(_digest, wrongHash, HashAlgorithmName.SHA256).Should().BeFalse();
    }

    [Fact]
    public void Every_size_that_the_kernel_takes_and_every_way_in_signs_alike()
    {
        if (KernelKeys.WhyNoRsa is not null)
        {
            KernelKeys.IsPromised.Should().BeFalse();
            return;
        }

        foreach (int bits in Targets.InLab ? [1024, 1536] : new[] { 512, 1024, 1536, 2048, 3072, 4096 })
        {
            using RSA rsa = RSA.Create(bits);
            byte[] expected = rsa.SignHash(_digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using KernelKey fromNumbers = KernelKey.ImportRsaPrivateKey(rsa.ExportParameters(includePrivateParameters: true));
            using KernelKey fromDer = KernelKey.ImportPkcs8PrivateKey(rsa.ExportPkcs8PrivateKey());
            fromNumbers.RsaSign(_digest, HashAlgorithmName.SHA256).Should().Equal(expected, $"{bits} bits");
            fromDer.RsaSign(_digest, HashAlgorithmName.SHA256).Should().Equal(expected, $"{bits} bits");
            using KernelKey bySerial = KernelKey.FromSerial(fromDer.Serial);
            bySerial.RsaVerify(_digest, expected, HashAlgorithmName.SHA256).Should().BeTrue();
        }
    }

    [Fact]
    public void A_certificate_has_the_public_half()
    {
        if (KernelKeys.WhyNoRsa is not null)
        {
            KernelKeys.IsPromised.Should().BeFalse();
            return;
        }

        CertificateRequest request = new("CN=cryptodev", s_rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using KernelKey key = KernelKey.ImportCertificate(certificate.RawData);
        byte[] signature = s_rsa.SignHash(_digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        key.RsaVerify(_digest, signature, HashAlgorithmName.SHA256).Should().BeTrue();
        s_rsa.Decrypt(key.RsaEncrypt("for the owner"u8), RSAEncryptionPadding.Pkcs1).Should().Equal("for the owner"u8.ToArray());
        key.Invoking(k => k.RsaSign(_digest, HashAlgorithmName.SHA256))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*public part only*")
            .Which.Errno.Should()
            .Be(LibC.EOPNOTSUPP);
        key.Invoking(k => k.RsaDecrypt(new byte[256])).Should().Throw<CryptoDevException>().WithMessage("*public part only*");
        FluentActions
            .Invoking(() => KernelKey.ImportCertificate([0x30, 0x03, 0x02, 0x01, 0x05]))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*X.509*");
    }

    [Fact]
    public void Numbers_that_are_not_of_one_key_give_nothing_out()
    {
        using KernelKey? whole = KernelKeys.Rsa(s_rsa);
        if (whole is null)
        {
            return;
        }

        RSAParameters numbers = s_rsa.ExportParameters(includePrivateParameters: true);
        numbers.DQ![^1] ^= 2;
        numbers.D![^1] ^= 2;
        using KernelKey broken = KernelKey.ImportRsaPrivateKey(numbers);
        byte[] ciphertext = whole.RsaEncrypt([1, 2, 3], KernelRsaPadding.None);
        broken
            .Invoking(k => k.RsaDecrypt(ciphertext, KernelRsaPadding.None))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*own check*")
            .Which.Errno.Should()
            .Be(LibC.EIO);
        broken.Invoking(k => k.RsaSign(_digest, HashAlgorithmName.SHA256)).Should().Throw<CryptoDevException>().WithMessage("*own check*");
        broken.Invoking(k => k.RsaDecrypt(s_rsa.Encrypt([1], RSAEncryptionPadding.Pkcs1))).Should().Throw<CryptoDevException>();
    }

    [Fact]
    public void Keys_that_are_not_there_or_of_another_kind_have_a_sentence()
    {
        using KernelKey? symmetric = KernelKeys.Symmetric(new byte[16]);
        if (symmetric is null)
        {
            return;
        }

        KernelKey unknown = KernelKey.FromSerial(int.MaxValue);
        unknown
            .Invoking(k => k.RsaSign(_digest, HashAlgorithmName.SHA256))
            .Should()
            .Throw<CryptoDevException>()
            .Where(error => error.Errno == LibC.ENOKEY || error.Errno == LibC.EOPNOTSUPP);
        symmetric
            .Invoking(k => k.RsaEncrypt([1]))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*type asymmetric*")
            .Which.Errno.Should()
            .Be(LibC.EOPNOTSUPP);
    }

    [Fact]
    public void A_key_serves_every_thread_and_outlives_the_one_that_made_it()
    {
        KernelKey? key = null;
        Thread maker = new(() => key = KernelKeys.Rsa(s_rsa));
        maker.Start();
        maker.Join();
        if (key is null)
        {
            return;
        }

        using (key)
        {
            byte[] expected = s_rsa.SignHash(_digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            Parallel.For(
                0,
                16,
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                _ => key.RsaSign(_digest, HashAlgorithmName.SHA256).Should().Equal(expected)
            );
        }

        key.Invoking(k => k.RsaSign(_digest, HashAlgorithmName.SHA256)).Should().Throw<ObjectDisposedException>();
        KernelKeys.WaitUntilGone(key.Serial).Should().BeTrue("a disposed key is unlinked");
    }

    [Fact]
    public void A_forgotten_key_goes_with_the_object()
    {
        int serial = Forget();
        if (serial == 0)
        {
            return;
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        KernelKeys.WaitUntilGone(serial).Should().BeTrue("the finalizer unlinks it from whatever thread it runs on");
    }

    [Fact]
    public void A_session_by_serial_gives_the_same_bytes_and_keeps_the_key()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(32);
        KernelKey? kernelKey = KernelKeys.Symmetric(bytes);
        if (kernelKey is null)
        {
            return;
        }

        using CryptoKey key = new(bytes);
        foreach (CryptoAlgorithm algorithm in new[] { CryptoAlgorithm.AesCbc, CryptoAlgorithm.AesCtr })
        {
            if (!KernelKeys.TakesSerials)
            {
                Targets
                    .Device.Invoking(device =>
                        device.CreateSession(SessionParameters.Cipher(algorithm, kernelKey), DriverPolicy.Pinned("af_alg"))
                    )
                    .Should()
                    .Throw<CryptoDevException>();
                continue;
            }

            using Session session = Targets.Open("af_alg", SessionParameters.Cipher(algorithm, kernelKey));
            using Session software = Targets.Open("software", SessionParameters.Cipher(algorithm, key));
            if (algorithm == CryptoAlgorithm.AesCtr)
            {
                kernelKey.Dispose();
            }

            byte[] message = RandomNumberGenerator.GetBytes(4096);
            byte[] expected = new byte[4096];
            byte[] actual = new byte[4096];
            software.Process(CryptOp.Encrypt(message, expected, new byte[16]));
            session.Process(CryptOp.Encrypt(message, actual, new byte[16]));
            actual.Should().Equal(expected, $"{algorithm}");
        }

        kernelKey.Dispose();
        KernelKeys.WaitUntilGone(kernelKey.Serial).Should().BeTrue("no session holds it any more");
        Targets
            .Device.Invoking(device => device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, kernelKey)))
            .Should()
            .Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Nobody_reads_a_symmetric_key_back()
    {
        using KernelKey? key = KernelKeys.Symmetric([1, 2, 3]);
        if (key is null)
        {
            return;
        }

        ReadBack(key.Serial).Should().BeNegative();
        KernelKeys.IsListed(key.Serial).Should().BeTrue();
    }

    [Fact]
    public void A_used_up_quota_is_waited_for_and_then_told()
    {
        const string Limit = "/proc/sys/kernel/keys/root_maxkeys";
        if (!Targets.InLab || !File.Exists(Limit))
        {
            Targets.InLab.Should().BeFalse("a lab kernel has keys");
            return;
        }

        string before = File.ReadAllText(Limit).Trim();
        using (KernelKey? first = KernelKeys.Symmetric([1]))
        {
            first.Should().NotBeNull();
            File.WriteAllText(Limit, "1");
            try
            {
                FluentActions
                    .Invoking(() => KernelKey.Import([2]))
                    .Should()
                    .Throw<CryptoDevException>()
                    .WithMessage("*maxkeys*")
                    .Which.Errno.Should()
                    .Be(LibC.EDQUOT);
                if (KernelKeys.IsPromised)
                {
                    using KeyOp power = KeyOp.ModExp([3], [5], [251]);
                    using KeyResult none = Targets.Device.Process([power], DriverPolicy.Pinned("keyring"))[0];
                    none.Error!.Errno.Should().Be(LibC.EDQUOT);
                    none.Error.Message.Should().Contain("maxkeys");
                }

                // Room again while it waits.
                using Timer timer = new(
                    _ => File.WriteAllText(Limit, before),
                    null,
                    TimeSpan.FromMilliseconds(200),
                    Timeout.InfiniteTimeSpan
                );
                using KernelKey second = KernelKey.Import([3]);
                second.Serial.Should().BePositive();
            }
            finally
            {
                File.WriteAllText(Limit, before);
            }
        }

        KernelKeys.WaitUntilNoneIsLeft().Should().BeEmpty("what failed half way is taken back");
    }

    private static int Forget() => KernelKeys.Symmetric([9])?.Serial ?? 0;

    private static unsafe int ReadBack(int serial)
    {
        byte* room = stackalloc byte[16];
        return (int)LibC.keyctl(LibC.KEYCTL_READ, serial, (nint)room, 16, 0);
    }

    private static BigInteger Unsigned(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);
}
