using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// No kernel gets a null pointer to data. An empty AES-GCM message with one has panicked a real machine, by the default policy. Every
/// dialect with every shape of an empty message, on a device that dies of it, and right against software.
/// </summary>
public sealed class EmptyMessageTests
{
    private static readonly byte[] s_associated = [.. Enumerable.Range(0, 20).Select(i => (byte)i)];

    public static TheoryData<string> Forms => DevCryptoDriverTests.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Nothing_is_at_an_address_too(string form)
    {
        StrictChannel? kernel = null;
        using DeviceUnderWatch watch = new(form, wrap: channel => kernel = new StrictChannel(form, channel));
        int algorithms = 0;
        foreach (CryptoAlgorithm algorithm in CryptoAlgorithm.All)
        {
            using CryptoKey? key = KeyFor(algorithm);
            SessionParameters parameters = AvailabilityProbe.Sample(algorithm, key);
            if (!watch.Driver.Probe(parameters).Accepted)
            {
                continue;
            }

            algorithms++;
            using Session session = watch.Open(parameters);
            using Session expected = watch.Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
            foreach (int length in new[] { 0, Math.Max(16, algorithm.BlockSize) })
            {
                if (length >= algorithm.MinimumMessageLength)
                {
                    Compare(session, expected, new byte[length]);
                }
            }
        }

        algorithms.Should().BeGreaterThan(4);
        kernel!.Operations.Should().BeGreaterThan(algorithms);
        kernel.Deaths.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_joint_session_too(string form)
    {
        StrictChannel? kernel = null;
        using DeviceUnderWatch watch = new(form, wrap: channel => kernel = new StrictChannel(form, channel));
        using CryptoKey key = new(new byte[16]);
        using CryptoKey macKey = new(new byte[20]);
        foreach (MacOrder order in Enum.GetValues<MacOrder>())
        {
            SessionParameters parameters = SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey),
                order
            );
            using Session session = watch.Device.CreateSession(parameters, DriverPolicy.Pinned("devcrypto", "software"));
            using Session expected = watch.Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
            foreach (int length in new[] { 0, 32 })
            {
                Seal(session, expected, new byte[length], s_associated);
                Seal(session, expected, new byte[length], []);
            }
        }

        kernel!.Deaths.Should().BeEmpty();
    }

    [Theory]
    [InlineData("cryptodev-linux")]
    [InlineData("netbsd 10")]
    public async Task A_request_in_flight_too(string form)
    {
        StrictChannel? kernel = null;
        using DeviceUnderWatch watch = new(form, wrap: channel => kernel = new StrictChannel(form, channel));
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        byte[] digest = new byte[20];
        await session.ProcessAsync(
            new CryptRequest
            {
                Source = ReadOnlyMemory<byte>.Empty,
                Tag = digest,
                TagAction = TagAction.Compute,
            }
        );
        digest.Should().Equal(System.Security.Cryptography.SHA1.HashData([]));
        watch
            .Channel.Count(DeviceUnderWatch.Ioctl(form, form == "netbsd 10" ? "CIOCNCRYPTM" : "CIOCASYNCCRYPT"))
            .Should()
            .Be(1, "it went to the kernel without waiting");
        kernel!.Deaths.Should().BeEmpty();
    }

    /// <summary>A MAC may have a key of no bytes. It has an address, and what has no key has none.</summary>
    [Fact]
    public void An_empty_key_is_at_an_address()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using CryptoKey key = CryptoKey.Empty;
        using Session session = watch.Open(SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, key));
        byte[] sent = watch.Channel.Of(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCGSESSION"))[^1];
        BitConverter.ToInt64(sent, 16).Should().Be(0, "it has no cipher");
        BitConverter.ToInt32(sent, 24).Should().Be(0);
        BitConverter.ToInt64(sent, 32).Should().NotBe(0);
        byte[] mac = new byte[32];
        session.Process(CryptOp.Digest("abc"u8, mac));
        mac.Should().Equal(System.Security.Cryptography.HMACSHA256.HashData([], "abc"u8));
    }

    private static CryptoKey? KeyFor(CryptoAlgorithm algorithm) =>
        algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy([.. Enumerable.Range(0, algorithm.KeySizes.Default).Select(i => (byte)i)]);

    private static void Compare(Session session, Session expected, byte[] message)
    {
        CryptoAlgorithm algorithm = session.Parameters.Transforms[0].Algorithm;
        switch (algorithm.Kind)
        {
            case AlgorithmKind.Cipher:
                Run(session, expected, message);
                break;
            case AlgorithmKind.Aead:
                Seal(session, expected, message, s_associated);
                Seal(session, expected, message, []);
                break;
            case AlgorithmKind.Digest:
            case AlgorithmKind.Mac:
                Hash(session, expected, message);
                break;
            default:
                byte[] packed = new byte[100];
                int length = session.Process(CryptOp.Encrypt(message, packed, []));
                byte[] back = new byte[message.Length];
                session.Process(CryptOp.Decrypt(packed.AsSpan(0, length), back, [])).Should().Be(message.Length);
                back.Should().Equal(message);
                break;
        }
    }

    private static void Run(Session session, Session expected, byte[] message)
    {
        byte[] iv = new byte[session.IvLength];
        byte[] output = new byte[message.Length];
        byte[] right = new byte[message.Length];
        session.Process(CryptOp.Encrypt(message, output, iv));
        expected.Process(CryptOp.Encrypt(message, right, iv));
        output.Should().Equal(right, "{0}", session.Driver.Name);
        session.Process(CryptOp.Decrypt(output, output, iv));
        output.Should().Equal(message);
    }

    private static void Hash(Session session, Session expected, byte[] message)
    {
        byte[] iv = new byte[session.IvLength];
        byte[] tag = new byte[session.TagLength];
        byte[] right = new byte[session.TagLength];
        expected.Process(CryptOp.Digest(message, right, iv));
        session.Process(CryptOp.Digest(message, tag, iv));
        tag.Should().Equal(right, "{0} bytes", message.Length);
        if (session.IvLength == 0)
        {
            using DigestOperation digest = session.BeginDigest();
            digest.Update([]);
            digest.Update(message);
            digest.Final(tag);
            tag.Should().Equal(right, "{0} bytes, in pieces", message.Length);
        }
    }

    /// <summary>With the tag attached and with the tag apart, both ways, and a wrong tag.</summary>
    private static void Seal(Session session, Session expected, byte[] message, byte[] associated)
    {
        byte[] iv = new byte[session.IvLength];
        byte[] whole = new byte[message.Length + session.TagLength];
        byte[] right = new byte[whole.Length];
        byte[] back = new byte[message.Length];
        byte[] tag = new byte[session.TagLength];
        expected.Process(CryptOp.SealAttached(iv, message, right, associated));
        session.Process(CryptOp.SealAttached(iv, message, whole, associated));
        whole.Should().Equal(right);
        session.Process(CryptOp.Seal(iv, message, back, tag, associated));
        back.Should().Equal(right[..message.Length]);
        tag.Should().Equal(right[message.Length..]);
        session.Process(CryptOp.Open(iv, back, tag, back, associated)).Should().Be(message.Length);
        back.Should().Equal(message);
        session.Process(CryptOp.OpenAttached(iv, whole, back, associated)).Should().Be(message.Length);
        tag[0] ^= 1;
        FluentActions
            .Invoking(() => session.Process(CryptOp.Open(iv, whole.AsSpan(0, message.Length), tag, back, associated)))
            .Should()
            .Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
    }
}
