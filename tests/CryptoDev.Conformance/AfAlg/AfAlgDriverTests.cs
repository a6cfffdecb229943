using CryptoDev.Conformance.Support;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.AfAlg;

/// <summary>Alone, because one test counts the descriptors of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed unsafe class AfAlgDriverTests(AfAlgFixture fixture) : IClassFixture<AfAlgFixture>
{
    [Fact]
    public void Every_listed_driver_can_be_pinned_for_what_it_lists_or_says_why_not()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        DriverInfo[] members = [.. fixture.Device.GetDrivers().Where(driver => driver.Rung == "af_alg" && driver.KernelDriver is not null)];
        members.Should().NotBeEmpty();
        int worked = 0;
        foreach (DriverInfo member in members)
        {
            foreach (CryptoAlgorithm algorithm in member.Algorithms)
            {
                using CryptoKey? key =
                    algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
                using Session? session = fixture.TryOpen(Framework.AvailabilityProbe.Sample(algorithm, key), member.Name);
                if (session is null)
                {
                    continue;
                }

                worked++;
                session.Driver.Name.Should().Be(member.Name);
                session.Driver.KernelDriver.Should().Be(member.KernelDriver);
                session.Driver.Kind.Should().Be(member.Kind);
                session.Driver.PciAddress.Should().Be(member.PciAddress);
            }
        }

        worked.Should().BePositive();
    }

    [Fact]
    public void A_card_is_chosen_before_the_CPU_and_gives_the_same_bytes()
    {
        if (
            !fixture.IsPresent()
            || fixture.Device.GetDrivers().FirstOrDefault(driver => driver.KernelDriver == "virtio_crypto_aes_cbc") is not { } card
        )
        {
            Environment.GetEnvironmentVariable("CRYPTODEV_REQUIRE").Should().NotContain("card");
            return;
        }

        card.Kind.Should().Be(DriverKind.Hardware);
        card.PciAddress.Should().MatchRegex("^0000:00:[0-9a-f]{2}\\.0$");
        using CryptoKey key = new(new byte[32]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        using Session? session = fixture.TryOpen(parameters, card.Name);
        if (session is null)
        {
            return;
        }

        using Session generic = fixture.TryOpen(parameters)!;
        generic.Driver.Should().BeEquivalentTo(session.Driver, "the rung prefers hardware");
        using Session preferred = fixture.Device.CreateSession(parameters, DriverPolicy.HardwareOnly);
        preferred.Driver.KernelDriver.Should().Be("virtio_crypto_aes_cbc");
    }

    [Fact]
    public void A_pinned_driver_that_is_missing_or_serves_something_else_is_refused_with_the_reason()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        Action missing = () =>
            fixture.Device.CreateSession(
                SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key),
                DriverPolicy.Pinned("af_alg:no-such-driver")
            );
        missing.Should().Throw<CryptoDevException>().WithMessage("*no-such-driver*");
        using Session session = fixture.TryOpen(SessionParameters.Digest(CryptoAlgorithm.Sha256))!;
        string sha = session.Driver.Name;
        Action other = () => fixture.Device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), DriverPolicy.Pinned(sha));
        other.Should().Throw<CryptoDevException>().WithMessage("*serves sha256, not cbc(aes)*");
        Action unserved = () =>
            fixture.Device.CreateSession(SessionParameters.Compression(CryptoAlgorithm.Deflate), DriverPolicy.Pinned("af_alg"));
        unserved.Should().Throw<CryptoDevException>().WithMessage("*no socket type for compression*");
    }

    [Fact]
    public void Sessions_and_every_way_to_fail_leave_no_descriptor_behind()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new(new byte[16]);
        SessionParameters gcm = SessionParameters.Aead(CryptoAlgorithm.AesGcm, key);
        SessionParameters hash = SessionParameters.Digest(CryptoAlgorithm.Sha256);
        Round();
        Refusal();
        OpenThings before = OpenThings.Now();
        for (int i = 0; i < 200; i++)
        {
            Round();
        }

        Refusal();
        before.ShouldBeAll("200 rounds and a refusal");

        // Once: for a name it does not know, the kernel starts modprobe.
        void Refusal() =>
            FluentActions
                .Invoking(() => fixture.Device.CreateSession(gcm, DriverPolicy.Pinned("af_alg:none")))
                .Should()
                .Throw<CryptoDevException>();

        void Round()
        {
            if (fixture.TryOpen(gcm) is { } aead)
            {
                FluentActions
                    .Invoking(() => aead.Process(CryptOp.OpenAttached(new byte[12], new byte[32], new byte[16])))
                    .Should()
                    .Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
                aead.Dispose();
            }

            using Session digest = fixture.TryOpen(hash)!;
            DigestOperation abandoned = digest.BeginDigest();
            abandoned.Update(new byte[10]);
            using (abandoned.Clone())
            {
                abandoned.Dispose();
            }
        }
    }

    [Fact]
    public void Many_threads_on_one_session_each_get_their_own_result()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new(new byte[32]);
        SessionParameters parameters = SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        using Session kernel = fixture.TryOpen(parameters)!;
        using Session software = fixture.OpenSoftware(parameters);
        Parallel.For(
            0,
            16,
            thread =>
            {
                Random random = new(fixture.Seed + thread);
                for (int i = 0; i < 100; i++)
                {
                    byte[] iv = AfAlgFixture.Bytes(random, 16);
                    byte[] message = AfAlgFixture.Bytes(random, 16 * random.Next(1, 200));
                    byte[] expected = new byte[message.Length];
                    software.Process(CryptOp.Encrypt(message, expected, iv));
                    kernel.Process(CryptOp.Encrypt(message, message, iv));
                    message.AsSpan().SequenceEqual(expected).Should().BeTrue($"thread {thread}, seed {fixture.Seed}");
                }
            }
        );
        kernel.Statistics.Operations.Should().Be(1600);
    }

    [Fact]
    public void An_operation_allocates_nothing()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new(new byte[32]);
        using Session cbc = fixture.TryOpen(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key))!;
        using Session sha = fixture.TryOpen(SessionParameters.Digest(CryptoAlgorithm.Sha256))!;
        using Session? gcm = fixture.TryOpen(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key));
        using Session? arc4 = fixture.TryOpen(SessionParameters.Cipher(CryptoAlgorithm.Arc4, key));
        byte[] message = new byte[300_000];
        byte[] iv = new byte[16];
        byte[] tag = new byte[32];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Run();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Run()
        {
            cbc.Process(CryptOp.Encrypt(message.AsSpan(0, 64), message, iv));
            cbc.Process(CryptOp.Encrypt(message.AsSpan(0, 299_984), message, iv));
            sha.Process(CryptOp.Digest(message, tag));
            gcm?.Process(CryptOp.Seal(iv.AsSpan(0, 12), message.AsSpan(0, 64), message, tag.AsSpan(0, 16), iv));
            arc4?.Process(CryptOp.Encrypt(message.AsSpan(0, 64), message));
        }
    }

    [Fact]
    public void A_generator_gives_bytes_of_any_length()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using RandomGenerator generator = fixture.Device.OpenRandomGenerator(DriverPolicy.Pinned("af_alg"));
        generator.Name.Should().StartWith("af_alg:");
        foreach (int length in (int[])[0, 1, 127, 128, 129, 1000])
        {
            byte[] bytes = new byte[length + 1];
            generator.Fill(bytes.AsSpan(0, length));
            bytes[length].Should().Be(0);
            if (length >= 127)
            {
                bytes.Distinct().Count().Should().BeGreaterThan(40, $"{length} random bytes are not that regular");
            }
        }

        Action none = () => fixture.Device.OpenRandomGenerator(DriverPolicy.Pinned("af_alg:no_such_rng"));
        none.Should().Throw<CryptoDevException>().WithMessage("*no_such_rng*");
    }

    [Fact]
    public void A_key_that_stays_in_the_kernel_gives_the_same_bytes_or_the_kernel_says_it_is_too_old()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
        int serial;
        fixed (
            byte* type = "user\0"u8,
                description = "cryptodev-test\0"u8,
                payload = bytes
        )
        {
            serial = LibC.add_key(type, description, payload, (nuint)bytes.Length, LibC.KEY_SPEC_PROCESS_KEYRING);
        }

        serial.Should().BePositive();
        using CryptoKey key = new(bytes);
        KernelKey kernelKey = KernelKey.FromSerial(serial);
        try
        {
            using Session session = fixture.Device.CreateSession(
                SessionParameters.Cipher(CryptoAlgorithm.AesCtr, kernelKey),
                DriverPolicy.Pinned("af_alg")
            );
            using Session software = fixture.OpenSoftware(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, key));
            byte[] expected = new byte[100];
            byte[] actual = new byte[100];
            software.Process(CryptOp.Encrypt(new byte[100], expected, new byte[16]));
            session.Process(CryptOp.Encrypt(new byte[100], actual, new byte[16]));
            actual.Should().Equal(expected);
            Action unknown = () =>
                fixture.Device.CreateSession(
                    SessionParameters.Cipher(CryptoAlgorithm.AesCtr, KernelKey.FromSerial(int.MaxValue)),
                    DriverPolicy.Pinned("af_alg")
                );
            unknown.Should().Throw<CryptoDevException>().WithMessage("*no key of that serial number*");
        }
        catch (CryptoDevException error)
        {
            error.Message.Should().Contain("Linux 6.2");
            Environment.GetEnvironmentVariable("CRYPTODEV_REQUIRE").Should().NotContain("kernel-key");
        }
        finally
        {
            LibC.keyctl(LibC.KEYCTL_UNLINK, serial, LibC.KEY_SPEC_PROCESS_KEYRING, 0, 0);
        }
    }
}
