using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>What a session checks before, and does after, a driver: over a driver that counts.</summary>
public sealed class SessionTests
{
    private static readonly CryptoKey s_key = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public void A_refused_operation_never_reaches_the_driver()
    {
        FakeSession driver = new(maxMessageLength: 64);
        using Session session = Over(driver, SessionParameters.Cipher(CryptoAlgorithm.AesCbc, s_key));
        byte[] iv = new byte[16];
        byte[] buffer = new byte[128];
        Refused(
            () => session.Process(CryptOp.Encrypt(new byte[80], buffer, iv)),
            "A message of 80 bytes is over this session's limit of 64 bytes for aes-cbc.*",
            "source"
        );
        Refused(
            () => session.Process(CryptOp.Encrypt(new byte[17], buffer, iv)),
            "aes-cbc takes messages of a multiple of 16 bytes; 17 were given.*",
            "source"
        );
        Refused(
            () => session.Process(CryptOp.Encrypt(new byte[32], new byte[31], iv)),
            "The destination has 31 bytes; 32 are needed.*",
            "destination"
        );
        Refused(
            () => session.Process(CryptOp.Encrypt(new byte[32], buffer, new byte[15])),
            "This session's IV (aes-cbc) has 16 bytes; 15 were given.*",
            "iv"
        );
        Refused(
            () => session.Process(CryptOp.Encrypt(buffer.AsSpan(0, 32), buffer.AsSpan(8, 32), iv)),
            "Source and destination overlap by an offset of 8 bytes*",
            "destination"
        );
        Refused(() => session.Process(CryptOp.SealAttached(iv, new byte[32], buffer, new byte[1])), "aes-cbc authenticates nothing*", "op");
        driver.Processed.Should().Be(0);
        session.Process(CryptOp.Encrypt(new byte[64], buffer, iv)).Should().Be(64);
        driver.Processed.Should().Be(1);
    }

    [Fact]
    public void The_kind_of_an_operation_is_checked_before_its_IV()
    {
        FakeSession driver = new();
        byte[] buffer = new byte[64];
        byte[] tag = new byte[16];
        using CryptoKey key = new(new byte[20]);
        using CryptoKey aes = new(new byte[16]);
        SessionParameters both = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCbc, aes),
            new CryptoTransform(CryptoAlgorithm.HmacSha1, key),
            MacOrder.MacPlaintext
        );
        using (Session gcm = Over(driver, SessionParameters.Aead(CryptoAlgorithm.AesGcm, aes)))
        using (Session cipherAndMac = Over(driver, both))
        using (Session cbc = Over(driver, SessionParameters.Cipher(CryptoAlgorithm.AesCbc, aes)))
        {
            const string Encrypts = "*and this session (aes-*) encrypts and decrypts: use CryptOp.Encrypt or CryptOp.Decrypt*";
            Refused(() => gcm.Process(CryptOp.Digest(new byte[32], tag)), Encrypts, "op");
            Refused(() => gcm.Process(CryptOp.Verify(new byte[32], tag)), Encrypts, "op");
            Refused(() => cipherAndMac.Process(CryptOp.Digest(new byte[32], new byte[20])), Encrypts, "op");
            Refused(() => cbc.Process(CryptOp.Digest(new byte[32], tag)), "aes-cbc authenticates nothing*", "op");
        }

        using Session sha = Over(driver, SessionParameters.Digest(CryptoAlgorithm.Sha256));
        const string Digests = "*and this session (sha256) makes digests: use CryptOp.Digest or CryptOp.Verify*";
        Refused(() => sha.Process(CryptOp.Encrypt(new byte[32], buffer, new byte[16])), Digests, "op");
        Refused(() => sha.Process(CryptOp.Decrypt(new byte[32], buffer, new byte[16])), Digests, "op");
        Refused(() => sha.Process(CryptOp.Decrypt(new byte[32], buffer)), Digests, "op");
        Refused(() => sha.Process(CryptOp.Seal(default, new byte[32], buffer, tag)), Digests, "op");
        driver.Processed.Should().Be(0);
    }

    [Fact]
    public void What_is_disposed_is_named_by_our_types()
    {
        CryptoKey key = new(new byte[16]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCtr, key);
        CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        Session session = device.CreateSession(parameters);
        using Session alive = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        CipherOperation cipher = session.BeginCipher(CryptDirection.Encrypt, new byte[16]);
        DigestOperation digest = alive.BeginDigest();
        KeyOp op = KeyOp.ModExp([4], [13], [0x01, 0xF1]);
        CryptoDev.Ioctl.NetBsdFile file = CryptoDev.Ioctl.NetBsdFile.Open(new() { Policy = DriverPolicy.SoftwareOnly });
        cipher.Dispose();
        digest.Dispose();
        session.Dispose();
        key.Dispose();
        op.Dispose();
        file.Dispose();
        Disposed<CryptoKey>(() => device.CreateSession(parameters));
        Disposed<Session>(() => session.Process(CryptOp.Encrypt(default, default, new byte[16])));
        Disposed<Session>(() => session.BeginCipher(CryptDirection.Encrypt, new byte[16]));
        Disposed<CipherOperation>(() => cipher.Update(default, default));
        Disposed<DigestOperation>(() => digest.Update(default));
        Disposed<KeyOp>(() => op.GetParameter(0));
        Disposed<KeyOp>(() => device.Process(op));
        Disposed<CryptoDev.Ioctl.DevCryptoFile>(() => file.IoctlRaw(0, 0));
        Disposed<CryptoDev.Ioctl.DevCryptoFile>(() => file.Poll(1, 0));
        device.Dispose();
        Disposed<CryptoDevice>(() => device.GetDrivers());

        static void Disposed<T>(Action act) =>
            act.Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(typeof(T).FullName);
    }

    [Fact]
    public void Xts_and_chacha20_have_rules_of_their_own()
    {
        FakeSession driver = new();
        byte[] buffer = new byte[128];
        using Session xts = Over(driver, SessionParameters.Cipher(CryptoAlgorithm.AesXts, s_key));
        Refused(
            () => xts.Process(CryptOp.Encrypt(new byte[15], buffer, new byte[16])),
            "aes-xts takes messages of at least 16 bytes; 15 were given.*",
            "source"
        );
        using Session chacha = Over(driver, SessionParameters.Cipher(CryptoAlgorithm.ChaCha20, s_key));
        byte[] last = [0xFF, 0xFF, 0xFF, 0xFF, .. new byte[12]];
        Refused(
            () => chacha.Process(CryptOp.Encrypt(new byte[65], buffer, last)),
            "The 32-bit block counter of chacha20 would wrap: it starts at 4294967295 and the message has 2 blocks.*",
            "iv"
        );
        driver.Processed.Should().Be(0);
        chacha.Process(CryptOp.Encrypt(new byte[64], buffer, last)).Should().Be(64);
        chacha
            .Process(
                new CryptOp
                {
                    IvSource = IvSource.Random,
                    Source = new byte[64],
                    Destination = buffer,
                }
            )
            .Should()
            .Be(80);
        driver.Ivs[^1][..4].Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    public void A_wrong_tag_zeroes_the_destination_whatever_the_driver_wrote()
    {
        FakeSession driver = new() { TagIsWrong = true };
        using Session session = Over(driver, SessionParameters.Aead(CryptoAlgorithm.AesGcm, s_key));
        byte[] output = [.. Enumerable.Repeat((byte)7, 40)];
        Action open = () => session.Process(CryptOp.OpenAttached(new byte[12], new byte[36], output.AsSpan(0, 20)));
        open.Should().Throw<AuthenticationTagMismatchException>();
        output.Should().Equal([.. new byte[20], .. Enumerable.Repeat((byte)7, 20)]);
    }

    [Fact]
    public void Cipher_and_mac_checks_before_it_decrypts_when_the_tag_covers_the_ciphertext()
    {
        FakeSession cipher = new();
        FakeSession mac = new();
        using CipherAndMacSession both = new(cipher, mac, MacOrder.MacCiphertext, 4);
        byte[] tag = [9, 9, 9, 9];
        byte[] output = new byte[3];
        both.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = new byte[] { 1, 2, 3 },
                    Destination = output,
                    ExpectedTag = tag,
                }
            )
            .Should()
            .Be(DriverSession.TagMismatch);
        cipher.Processed.Should().Be(0);
        both.Statistics.Failures.Should().Be(1);
        tag = [6, 6, 6, 6];
        both.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = new byte[] { 1, 2, 3 },
                    Destination = output,
                    ExpectedTag = tag,
                }
            )
            .Should()
            .Be(3);
        output.Should().Equal(0, 1, 2);
        both.Part(0).Should().BeSameAs(cipher);
        both.Part(1).Should().BeSameAs(mac);
    }

    [Fact]
    public void Descriptors_run_over_the_part_of_their_transform_after_all_are_checked()
    {
        FakeSession cipher = new();
        FakeSession mac = new();
        SessionParameters parameters = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCtr, s_key),
            new CryptoTransform(CryptoAlgorithm.HmacMd5, s_key) { TagLength = 4 },
            MacOrder.MacPlaintext
        );
        using CipherAndMacSession both = new(cipher, mac, MacOrder.MacPlaintext, 4);
        using Session session = Over(both, parameters);
        byte[] buffer = [0, 0, 10, 20, 30, 0, 0, 0, 0, .. new byte[16]];
        CryptDescriptor encrypt = new()
        {
            Algorithm = CryptoAlgorithm.AesCtr,
            Skip = 2,
            Length = 3,
            Inject = 9,
            Flags = CryptDescriptorFlags.Encrypt,
        };
        CryptDescriptor sign = new()
        {
            Algorithm = CryptoAlgorithm.HmacMd5,
            Skip = 2,
            Length = 3,
            Inject = 5,
        };
        session.Process(CryptOp.Chain(buffer, [encrypt, sign])).Should().Be(25);
        buffer[..9].Should().Equal(0, 0, 11, 21, 31, 63, 63, 63, 63);
        buffer[9..].Should().Equal(cipher.Ivs[0], "the random IV is written at inject");

        byte[] before = [.. buffer];
        sign.Inject = 22;
        Refused(
            () => session.Process(CryptOp.Chain(buffer, [encrypt, sign])),
            "A descriptor's bytes for the digest (4 at offset 22) do not lie in the buffer of 25 bytes.*",
            "op"
        );
        buffer.Should().Equal(before);
        Refused(
            () => session.Process(CryptOp.Chain(buffer, [encrypt with { Algorithm = CryptoAlgorithm.Md5 }])),
            "A descriptor names md5, which is not a transform of this session (CipherAndMac: aes-ctr + hmac-md5).*",
            "op"
        );
        cipher.Processed.Should().Be(1);
    }

    [Fact]
    public void A_driver_that_cannot_be_taken_apart_refuses_descriptors_with_a_reason()
    {
        using Session session = Over(new WholeOnly(), SessionParameters.Cipher(CryptoAlgorithm.AesCtr, s_key));
        Action run = () =>
            session.Process(
                CryptOp.Chain(
                    new byte[20],
                    [
                        new CryptDescriptor
                        {
                            Algorithm = CryptoAlgorithm.AesCtr,
                            Skip = 16,
                            Length = 4,
                        },
                    ]
                )
            );
        run.Should().Throw<CryptoDevException>().WithMessage("whole: run descriptors: this driver runs the session's transforms as one*");
    }

    [Fact]
    public void Associated_data_in_software_has_no_limit_where_it_is_authenticated()
    {
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        using CryptoKey key = new(new byte[16]);
        Limit(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key)).Should().Be(long.MaxValue);
        Limit(SessionParameters.Aead(CryptoAlgorithm.AesCcm, key, ivLength: 13)).Should().Be(long.MaxValue, "only its text is short");
        Limit(SessionParameters.Digest(CryptoAlgorithm.Sha256)).Should().Be(long.MaxValue);
        SessionParameters both = SessionParameters.CipherAndMac(
            new CryptoTransform(CryptoAlgorithm.AesCbc, key),
            new CryptoTransform(CryptoAlgorithm.HmacSha1, key),
            MacOrder.MacCiphertext
        );
        Limit(both).Should().Be(long.MaxValue);
        Limit(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key)).Should().Be(0);
        Limit(SessionParameters.Compression(CryptoAlgorithm.Deflate)).Should().Be(0);

        long Limit(SessionParameters parameters)
        {
            using Session session = device.CreateSession(parameters);
            return session.MaxAssociatedDataLength;
        }
    }

    [Fact]
    public void Errors_tell_errno_driver_operation_and_advice()
    {
        CryptoDevException error = new(2, "af_alg", "bind cbc(aes)", "load the module.");
        error.Message.Should().Be("af_alg: bind cbc(aes): ENOENT (2): load the module.");
        (error.Errno, error.ErrnoName, error.Driver, error.Operation).Should().Be((2, "ENOENT", "af_alg", "bind cbc(aes)"));
        CryptoDevException none = new(0, "software", "encrypt", "libcrypto refused.");
        none.Message.Should().Be("software: encrypt: libcrypto refused.");
        none.ErrnoName.Should().BeEmpty();
    }

    internal static Session Over(DriverSession driver, SessionParameters parameters)
    {
        // A session takes over references that selection holds for it.
        foreach (CryptoTransform transform in parameters.Transforms)
        {
            transform.Key?.AddReference();
        }

        return new Session(parameters, driver, driver.Driver);
    }

    private static void Refused(Action action, string message, string parameter) =>
        action.Should().Throw<ArgumentException>().WithMessage(message).WithParameterName(parameter);

    private sealed class WholeOnly : DriverSession
    {
        public override SessionDriver Driver { get; } = new() { Name = "whole", Kind = DriverKind.Generic };

        public override long MaxMessageLength => 100;

        public override SessionStatistics Statistics => default;

        public override DriverSession? Part(int transform) => null;

        public override int Process(in CryptOp op) => op.Source.Length;

        public override DigestState BeginDigest() => throw new InvalidOperationException("None.");

        public override void Dispose()
        {
            // Nothing is held.
        }
    }
}
