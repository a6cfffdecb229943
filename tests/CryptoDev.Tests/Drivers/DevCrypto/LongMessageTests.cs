using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// What a device does not take runs on the software below it: cryptodev-linux takes 4,096 bytes of associated data, a BSD messages of
/// 262,140 bytes.
/// </summary>
public sealed class LongMessageTests : IDisposable
{
    private const int LinuxAssociatedData = 4096;

    private const int BsdMessage = 262_140;

    private static readonly DriverPolicy s_both = DriverPolicy.Pinned("devcrypto", "software");

    private readonly CryptoKey _key = new(RandomNumberGenerator.GetBytes(16));

    [Theory]
    [InlineData(0, 1 << 20, "devcrypto")]
    [InlineData(LinuxAssociatedData, 1 << 20, "devcrypto")]
    [InlineData(LinuxAssociatedData + 1, 0, "software")]
    [InlineData(LinuxAssociatedData + 1, 16, "software")]
    [InlineData(1 << 20, 1 << 20, "software")]
    public void Associated_data_that_a_linux_device_does_not_take_runs_below(int associatedData, int length, string driver)
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", policy: s_both);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key));
        using Session reference = watch.Device.CreateSession(session.Parameters, DriverPolicy.SoftwareOnly);
        byte[] nonce = RandomNumberGenerator.GetBytes(12);
        byte[] data = RandomNumberGenerator.GetBytes(associatedData);
        byte[] plain = RandomNumberGenerator.GetBytes(length);
        byte[] expected = new byte[length + 16];
        reference.Process(CryptOp.SealAttached(nonce, plain, expected, data));

        byte[] whole = new byte[length + 16];
        session.Process(CryptOp.SealAttached(nonce, plain, whole, data)).Should().Be(whole.Length);
        whole.Should().Equal(expected);
        byte[] detached = new byte[length];
        byte[] tag = new byte[16];
        session.Process(CryptOp.Seal(nonce, plain, detached, tag, data));
        tag.Should().Equal(expected[length..]);
        byte[] back = new byte[length];
        session.Process(CryptOp.OpenAttached(nonce, whole, back, data)).Should().Be(length);
        back.Should().Equal(plain);
        whole[^1] ^= 1;
        session
            .Invoking(one => one.Process(CryptOp.OpenAttached(nonce, whole, back, data)))
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        back.All(one => one == 0).Should().BeTrue("it is zeroed");

        DriverShare ran = session.Drivers.Should().ContainSingle(share => share.Statistics.Operations > 0).Which;
        ran.Driver.Rung.Should().Be(driver);
        ran.Statistics.Should().Be(new SessionStatistics(3, 3 * length, 1));
        session.Driver.Rung.Should().Be("devcrypto", "short messages still run there");
    }

    [Fact]
    public void The_limits_of_the_session_are_those_of_the_software_and_of_the_pinned_device_its_own()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", policy: s_both);
        SessionParameters parameters = SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key);
        using (Session session = watch.Open(parameters))
        {
            session.Drivers.Should().ContainSingle();
            session.MaxAssociatedDataLength.Should().Be(long.MaxValue);
            session.Drivers.Should().HaveCount(2, "the answer is looked up, not guessed");
        }

        using Session pinned = watch.Device.CreateSession(parameters, DriverPolicy.Pinned("devcrypto"));
        pinned.MaxAssociatedDataLength.Should().Be(LinuxAssociatedData);
        pinned
            .Invoking(one => one.Process(CryptOp.SealAttached(new byte[12], new byte[16], new byte[32], new byte[LinuxAssociatedData + 1])))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("Associated data has 4097 bytes; this session's limit is 4096*");

        // Told beforehand, the device is not opened for it.
        using Session told = watch.Device.CreateSession(parameters.WithMaxAssociatedDataLength(LinuxAssociatedData + 1));
        told.Driver.Name.Should().Be("software");
        told.Driver.PassedOver[0].Reason.Should().Contain("at most 4096 of associated data");
    }

    [Fact]
    public void A_digest_of_unknown_length_does_not_begin_on_a_device_that_hashes_whole_messages()
    {
        using DeviceUnderWatch watch = new("netbsd 10", policy: s_both);
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        byte[] bytes = RandomNumberGenerator.GetBytes(3 * BsdMessage);
        byte[] digest = new byte[20];
        using (DigestOperation running = session.BeginDigest())
        {
            running.Update(bytes.AsSpan(0, BsdMessage));
            running.Update(bytes.AsSpan(BsdMessage));
            running.Final(digest);
        }

        digest.Should().Equal(SHA1.HashData(bytes));
        session.Process(CryptOp.Digest(bytes, digest));
        digest.Should().Equal(SHA1.HashData(bytes));
        session.Process(CryptOp.Digest(bytes.AsSpan(0, BsdMessage), digest));
        session
            .Drivers.Select(share => (share.Driver.Rung, share.Statistics.Operations))
            .Should()
            .Equal(("devcrypto", 1L), ("software", 2L));

        // Alone it keeps the pieces, up to its limit.
        using Session pinned = watch.Device.CreateSession(session.Parameters, DriverPolicy.Pinned("devcrypto"));
        using DigestOperation gathered = pinned.BeginDigest();
        gathered.Update(bytes.AsSpan(0, 100));
        gathered.Peek(digest);
        gathered.Final(digest);
        digest.Should().Equal(SHA1.HashData(bytes.AsSpan(0, 100)));
        pinned.Statistics.Should().Be(new SessionStatistics(1, 100, 0));
        using DigestOperation tooLong = pinned.BeginDigest();
        tooLong.Update(bytes.AsSpan(0, BsdMessage));
        tooLong.Invoking(one => one.Update(bytes.AsSpan(0, 1))).Should().Throw<CryptoDevException>();
        pinned.Statistics.Should().Be(new SessionStatistics(1, 100 + BsdMessage, 1));
    }

    [Fact]
    public void A_long_message_of_every_mode_runs_with_a_device_of_a_bsd_in_front()
    {
        using DeviceUnderWatch watch = new("netbsd 10", policy: s_both);
        byte[] bytes = RandomNumberGenerator.GetBytes(1 << 20);
        using CryptoKey macKey = new(new byte[20]);
        using CryptoKey xtsKey = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        SessionParameters[] all =
        [
            SessionParameters.Cipher(CryptoAlgorithm.AesXts, xtsKey),
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, _key),
            SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key),
            SessionParameters.KeyedDigest(CryptoAlgorithm.Aes128Gmac, _key),
            SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha1, macKey),
            SessionParameters.Compression(CryptoAlgorithm.Deflate),
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey),
                MacOrder.MacCiphertext
            ),
        ];
        foreach (SessionParameters parameters in all)
        {
            using Session session = watch.Device.CreateSession(parameters);
            using Session reference = watch.Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
            Run(session, bytes).Should().Equal(Run(reference, bytes), $"{parameters}");
            Run(session, bytes.AsSpan(0, 64).ToArray()).Should().Equal(Run(reference, bytes.AsSpan(0, 64).ToArray()), $"{parameters}");
            session.Statistics.Operations.Should().Be(2, $"{parameters}");
            session.Drivers.Sum(share => share.Statistics.Operations).Should().Be(2, $"{parameters}");
        }
    }

    [Fact]
    public void The_next_driver_can_be_opened_when_the_device_of_the_library_is_disposed()
    {
        DeviceUnderWatch watch = new("cryptodev-linux", policy: s_both);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key));
        watch.Device.Dispose();
        byte[] whole = new byte[32];
        session.Process(CryptOp.SealAttached(new byte[12], new byte[16], whole, new byte[LinuxAssociatedData + 1])).Should().Be(32);
        session.Process(CryptOp.Encrypt(new byte[16], whole, new byte[12])).Should().Be(32);
        session.Drivers.Select(share => share.Statistics.Operations).Should().Equal(1, 1);
        watch.Dispose();
    }

    [Fact]
    public void The_choice_allocates_nothing()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux", policy: s_both);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key));
        byte[] data = new byte[LinuxAssociatedData + 1];
        byte[] whole = new byte[32];
        byte[] nonce = new byte[12];
        long allocated = long.MaxValue;
        for (int round = 0; round < 5 && allocated != 0; round++)
        {
            // The first round opens the driver below; the compiler may come by in any.
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                session.Process(CryptOp.SealAttached(nonce, whole.AsSpan(0, 16), whole, data));
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.Should().Be(0);
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Run(Session session, byte[] source)
    {
        // A compressor may make more of it. With a tag behind the text the room is exact.
        byte[] result = new byte[source.Length + (session.Parameters.Mode == SessionMode.Compression ? 1024 : session.TagLength)];
        CryptOp op =
            session.Parameters.Mode == SessionMode.Digest
                ? CryptOp.Digest(source, result.AsSpan(0, session.TagLength), new byte[session.IvLength])
                : CryptOp.Encrypt(source, result, new byte[session.IvLength]);
        int written = session.Process(op);
        return session.Parameters.Mode == SessionMode.Compression ? Expanded(session, result.AsSpan(0, written)) : result[..written];
    }

    /// <summary>Two compressors agree on the message, not on its compressed form.</summary>
    private static byte[] Expanded(Session session, ReadOnlySpan<byte> compressed)
    {
        byte[] back = new byte[1 << 21];
        using Session software = CryptoDevice.Open().CreateSession(session.Parameters, DriverPolicy.SoftwareOnly);
        return back[..software.Process(CryptOp.Decrypt(compressed, back))];
    }
}
