using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>Keys and sessions after their end, on every driver.</summary>
public sealed class LifetimeTests
{
    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void A_session_lives_on_its_own_reference_to_the_key_and_dies_for_good(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        byte[] bytes = random.Bytes(algorithm.KeySizes.Default);
        CryptoKey? key = algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(bytes);
        SessionParameters parameters = Subject.Parameters(algorithm, key);
        Session session = Targets.Open(driver, parameters);
        byte[] message = random.Bytes(Sizes.Fitted(algorithm, 48));
        byte[] iv = Subject.NewIv(algorithm, session.IvLength, random);
        byte[] output = new byte[message.Length + session.TagLength];
        session.Process(
            new CryptOp
            {
                Source = message,
                Destination = output,
                Iv = iv,
            }
        );
        byte[] expected = [.. output];

        // The caller's reference goes, the array he made the key from too; contexts made afterwards still have the key.
        key?.Dispose();
        bytes.AsSpan().Clear();
        output.AsSpan().Clear();
        session.Process(
            new CryptOp
            {
                Source = message,
                Destination = output,
                Iv = iv,
            }
        );
        Check.Same(expected, output, $"{session}, key disposed, seed {random.Seed}");
        if (algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead)
        {
            byte[] back = new byte[message.Length];
            session.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = output,
                    Destination = back,
                    Iv = iv,
                }
            );
            Check.Same(message, back, $"{session}, first decryption after the key was disposed, seed {random.Seed}");
        }

        session.Dispose();
        session.Dispose();
        Check.Throws<ObjectDisposedException>(
            $"{session}",
            () =>
                session.Process(
                    new CryptOp
                    {
                        Source = message,
                        Destination = output,
                        Iv = iv,
                    }
                )
        );
        Check.Throws<ObjectDisposedException>($"{session}", () => session.Submit(new CryptRequest()));
        Check.That(session.Statistics.Operations >= 2, $"{session}: its counters can be read after Dispose: {session.Statistics}");
        Check.Throws<ObjectDisposedException>($"{session}", () => session.BeginDigest());
        Check.Throws<ObjectDisposedException>($"{session}", () => session.BeginCipher(CryptDirection.Encrypt, iv));
        // The empty key is everybody's and is never disposed.
        if (key is not null && key != CryptoKey.Empty)
        {
            Check.Throws<ObjectDisposedException>(
                $"{name} on {driver}, a second session on the disposed key",
                () => Targets.Open(driver, parameters).Dispose()
            );
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Rungs), MemberType = typeof(TargetData))]
    public async Task A_request_on_a_disposed_session_is_refused(string driver)
    {
        Subject subject = Subject.Open(driver, "aes-cbc", new Seeded());
        subject.Dispose();
        CryptRequest request = new()
        {
            Source = new byte[16],
            Destination = new byte[16],
            Iv = new byte[16],
        };
        await Check.ThrowsAsync<ObjectDisposedException>($"{subject}", async () => await subject.Session.ProcessAsync(request));
        request.State.Should().Be(CryptRequestState.Idle, "it was never taken");
    }

    [Fact]
    public void A_disposed_device_opens_nothing_and_its_sessions_go_on()
    {
        CryptoDevice device = CryptoDevice.Open();
        using Session session = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        device.Dispose();
        Check.Throws<ObjectDisposedException>(
            "device",
            () => device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256)).Dispose()
        );
        Check.Throws<ObjectDisposedException>("device", () => _ = device.GetDrivers());
        Check.Throws<ObjectDisposedException>("device", () => device.GetRandomBytes(new byte[4]));
        byte[] digest = new byte[32];
        session.Process(CryptOp.Digest("abc"u8, digest)).Should().Be(32);
        Convert.ToHexStringLower(digest).Should().Be("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
