using System.Globalization;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.AfAlg;

/// <summary>
/// A kernel whose sockets may have little memory for their options. AF_ALG charges the pages of a request to it, so that a session opens
/// and has no memory for a single operation: conformance.sh uml --sysctl net.core.optmem_max=2048.
/// </summary>
[Trait("Needs", "sysctl")]
[Collection(nameof(Alone))]
public sealed class OptionMemoryTests(AfAlgFixture fixture) : IClassFixture<AfAlgFixture>
{
    /// <summary>The list of pages of any request takes this much; a key and a descriptor take less.</summary>
    private const int TooLittle = 4096;

    private static readonly byte[] s_iv = new byte[16];

    [Fact]
    public void A_rung_without_memory_for_an_operation_is_found_at_the_first_and_passed_over()
    {
        if (!IsLittle())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        byte[] expected = new byte[1_000_000];
        using (Session software = fixture.OpenSoftware(parameters))
        {
            software.Process(CryptOp.Encrypt(expected, expected, s_iv));
        }

        foreach (int length in new[] { 16, 1_000_000 })
        {
            using Session session = fixture.Device.CreateSession(parameters, DriverPolicy.Ladder);
            session.Driver.Rung.Should().Be("af_alg", "opening takes less memory than an operation");
            byte[] bytes = new byte[length];
            session.Process(CryptOp.Encrypt(bytes, bytes, s_iv)).Should().Be(length);
            bytes.Should().Equal(expected[..length]);
            session.Driver.Name.Should().Be("software");
            session
                .Driver.PassedOver.Should()
                .Contain(passed => passed.Driver == "af_alg" && (passed.Reason.Contains("ENOMEM") || passed.Reason.Contains("ENOBUFS")));
            session.Statistics.Should().Be(new SessionStatistics(1, length, 0));
        }
    }

    [Fact]
    public void A_pinned_rung_gets_the_error()
    {
        if (!IsLittle())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        using Session session = fixture.Device.CreateSession(
            SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key),
            DriverPolicy.Pinned("af_alg")
        );
        session
            .Invoking(one => one.Process(CryptOp.Encrypt(new byte[16], new byte[16], s_iv)))
            .Should()
            .Throw<CryptoDevException>()
            .Which.Errno.Should()
            .BeOneOf(LibC.ENOMEM, LibC.ENOBUFS);
        session.Driver.Rung.Should().Be("af_alg");
    }

    [Fact]
    public void Aead_chain_and_running_states_go_on_below_too()
    {
        if (!IsLittle())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        using Session aead = fixture.Device.CreateSession(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key), DriverPolicy.Ladder);
        byte[] bytes = new byte[48 + 16];
        aead.Process(CryptOp.SealAttached(new byte[12], bytes.AsSpan(0, 48), bytes.AsSpan(0, 64))).Should().Be(64);
        aead.Process(CryptOp.OpenAttached(new byte[12], bytes, bytes.AsSpan(0, 48))).Should().Be(48);
        bytes[..48].Should().OnlyContain(one => one == 0);
        aead.Driver.Name.Should().Be("software");

        using Session cipher = fixture.Device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, key), DriverPolicy.Ladder);
        using CipherOperation running = cipher.BeginCipher(CryptDirection.Encrypt, s_iv);
        running.Update(bytes.AsSpan(0, 5), bytes.AsSpan(0, 5));
        running.Update(bytes.AsSpan(5, 40), bytes.AsSpan(5, 40));
        running.Final();
        cipher.Driver.Name.Should().Be("software");
        byte[] whole = new byte[45];
        cipher.Process(CryptOp.Encrypt(whole, whole, s_iv));
        bytes[..45].Should().Equal(whole);

        using Session digest = fixture.Device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.Ladder);
        using DigestOperation hash = digest.BeginDigest();
        hash.Update(whole);
        byte[] result = new byte[32];
        hash.Final(result);
        result.Should().Equal(System.Security.Cryptography.SHA256.HashData(whole));
        digest.Statistics.Failures.Should().Be(0);
    }

    private bool IsLittle() =>
        fixture.IsPresent() && int.Parse(File.ReadAllText("/proc/sys/net/core/optmem_max"), CultureInfo.InvariantCulture) < TooLittle;
}
