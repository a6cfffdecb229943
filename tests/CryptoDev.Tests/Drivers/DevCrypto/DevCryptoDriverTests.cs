using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Tests.Cli;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>How the driver finds its device and speaks to it, over emulated ones of every release.</summary>
public sealed class DevCryptoDriverTests
{
    public static TheoryData<string> Forms =>
        ["cryptodev-linux", "netbsd 7", "netbsd 10", "freebsd 12", "freebsd 13", "freebsd 14", "openbsd 2002", "openbsd 2014"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_dialect_is_found_by_asking(string form)
    {
        using DeviceUnderWatch watch = new(form);
        watch.Driver.Availability.IsAvailable.Should().BeTrue(watch.Driver.Availability.Reason);
        watch.Driver.Notes.Should().Equal($"/dev/crypto speaks {form}.");
        watch.Driver.Info.Implementation.Should().StartWith(form);
        (watch.Channel.Adopted > 0)
            .Should()
            .Be(form is "freebsd 12" or "openbsd 2002" or "openbsd 2014", "CRIOGET is made where it is needed");
        watch.Emulator.Statistics.OpenFiles.Should().Be(1);
        watch.Emulator.Statistics.OpenSessions.Should().Be(0, "what was opened to ask is closed");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_option_says_it_too(string form)
    {
        string option = form == "cryptodev-linux" ? "linux" : form;
        using DeviceUnderWatch watch = new(form, option);
        watch.Driver.Notes.Should().Equal($"/dev/crypto speaks {form}.");
    }

    /// <summary>
    /// 12 and 13.0 take the fields of a nonce's and a tag's length for padding: what asked for other lengths there would get sessions of
    /// the usual ones, and wrong results.
    /// </summary>
    [Theory]
    [InlineData("freebsd 12", false)]
    [InlineData("freebsd 13", false)]
    [InlineData("freebsd 14", true)]
    public void Lengths_that_a_kernel_would_not_look_at_are_not_asked_for(string form, bool reads)
    {
        using DeviceUnderWatch watch = new(form);
        using CryptoKey key = new([.. Enumerable.Range(1, 16).Select(i => (byte)i)]);
        foreach (
            SessionParameters parameters in new[]
            {
                SessionParameters.Aead(CryptoAlgorithm.AesCcm, key, tagLength: 8),
                SessionParameters.Aead(CryptoAlgorithm.AesCcm, key, ivLength: 7),
                SessionParameters.Aead(CryptoAlgorithm.AesGcm, key, tagLength: 12),
            }
        )
        {
            DriverVerdict verdict = watch.Driver.Probe(parameters);
            verdict.Accepted.Should().Be(reads, "{0}: {1}", parameters, verdict.Reason);
            (verdict.Reason ?? "takes a nonce of 12 and a tag of 16 bytes").Should().Contain("takes a nonce of 12 and a tag of 16 bytes");
        }

        watch.Driver.Probe(SessionParameters.Aead(CryptoAlgorithm.AesCcm, key)).Accepted.Should().BeTrue();
    }

    /// <summary>A device whose drivers have no GCM is not taken for an older release than it is.</summary>
    [Fact]
    public void FreeBSD_14_is_found_without_an_AEAD()
    {
        using DeviceUnderWatch watch = new(
            "freebsd 14",
            instead: (request, argument) =>
                request == DeviceUnderWatch.Ioctl("freebsd 14", "CIOCGSESSION2").Code()
                && BitConverter.ToUInt32(argument) == FreeBsd.CRYPTO_AES_NIST_GCM_16
                    ? -LibC.EOPNOTSUPP
                    : null
        );
        watch.Driver.Notes.Should().Equal("/dev/crypto speaks freebsd 14.");
        watch.Driver.Probe(SessionParameters.Digest(CryptoAlgorithm.Sha256)).Accepted.Should().BeTrue();
    }

    [Fact]
    public void A_device_that_answers_nothing_needs_the_option()
    {
        using DeviceUnderWatch watch = new("netbsd 10", instead: static (_, _) => -LibC.EINVAL);
        RungAvailability rung = watch.Driver.Availability;
        rung.IsAvailable.Should().BeFalse();
        rung.Reason.Should().Contain("linux, netbsd, freebsd, openbsd");
        rung.Cure.Should().Contain("DevCryptoDialect");
    }

    [Fact]
    public void A_served_device_that_cannot_give_a_descriptor_is_used_as_it_is()
    {
        // The server answers EOPNOTSUPP to CRIOGET and takes the calls on the opened device. Here: all other calls are answered by a
        // context of our own.
        using DeviceUnderWatch watch = new(
            "freebsd 14",
            "freebsd 12",
            instead: (request, _) => request == DeviceUnderWatch.Ioctl("freebsd 12", "CRIOGET").Code() ? -LibC.EOPNOTSUPP : null
        );
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        watch.Channel.Adopted.Should().Be(0);
        session.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16])).Should().Be(16);
    }

    [Fact]
    public void A_context_that_succeeds_with_an_error_in_its_result_is_none()
    {
        using DeviceUnderWatch watch = new(
            "openbsd 2014",
            "openbsd 2014",
            instead: (request, argument) =>
            {
                if (request != DeviceUnderWatch.Ioctl("openbsd 2014", "CRIOGET").Code())
                {
                    return null;
                }

                BitConverter.TryWriteBytes(argument, -LibC.EMFILE);
                return 0;
            }
        );
        watch.Driver.Availability.IsAvailable.Should().BeTrue("the device is open");
        watch.Channel.Adopted.Should().Be(0);
        watch.Driver.Probe(SessionParameters.Cipher(CryptoAlgorithm.Null)).Accepted.Should().BeFalse("and takes nothing without a context");
    }

    [Fact]
    public void A_device_that_was_named_and_is_not_there_is_an_error()
    {
        CryptoDeviceOptions options = new() { DevCryptoPath = "/nonexistent/crypto" };
        CryptoDevException error = FluentActions.Invoking(() => CryptoDevice.Open(options)).Should().Throw<CryptoDevException>().Which;
        error.Message.Should().StartWith("devcrypto: open /nonexistent/crypto: ENOENT (2): there is no /nonexistent/crypto; load");
        (error.Errno, error.Driver, error.Operation).Should().Be((LibC.ENOENT, "devcrypto", "open /nonexistent/crypto"));

        // The usual path by itself is no demand, and none is none.
        CryptoDevice.Open(options with { DevCryptoPath = null }).Dispose();
        CryptoDevice.Open().Dispose();
        new CryptoDeviceOptions().DevCryptoPath.Should().Be("/dev/crypto");
        foreach (string command in new[] { "dgst -a sha256 /dev/null", "doctor", "enc -a null --in /dev/null", "key features" })
        {
            CommandRun run = CommandRun.Of([.. command.Split(' '), "--device", "/nonexistent/crypto"]);
            run.ExitCode.Should().Be(3, command);
            run.Output.Should().BeEmpty(command);
            run.Error.Should()
                .StartWith("cryptodev: devcrypto: open /nonexistent/crypto: ENOENT (2): there is no /nonexistent/crypto", command);
        }
    }

    [Fact]
    public void An_absent_device_says_what_to_do()
    {
        using CryptoDevice device = new(
            new CryptoDeviceOptions(),
            DriverRegistry.CreateWith(new DevCryptoDriver(new DevCryptoMachine("/nonexistent/crypto", null)))
        );
        RungAvailability rung = device.GetAvailability().Rungs[0];
        rung.Should()
            .BeEquivalentTo(
                new
                {
                    Rung = "devcrypto",
                    IsAvailable = false,
                    Reason = "there is no /nonexistent/crypto",
                }
            );
        rung.Cure.Should().Contain("modprobe cryptodev").And.Contain("cryptodev serve");
        using Session session = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        session.Driver.PassedOver[0].Should().BeEquivalentTo(new PassedOverDriver("devcrypto", "there is no /nonexistent/crypto"));
    }

    [Fact]
    public void A_file_that_is_no_device_is_none_either()
    {
        FluentActions
            .Invoking(() => CryptoDevice.Open(new CryptoDeviceOptions { DevCryptoPath = "/dev/null" }))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("devcrypto: open /dev/null: *tells*");
    }

    [Fact]
    public void Without_a_path_there_is_no_such_rung()
    {
        using CryptoDevice device = CryptoDevice.Open(new CryptoDeviceOptions { DevCryptoPath = null });
        device.GetDrivers().Should().NotContain(driver => driver.Rung == "devcrypto");
    }

    [Fact]
    public void A_dialect_that_is_none_is_the_callers_mistake() =>
        FluentActions
            .Invoking(() => CryptoDevice.Open(new CryptoDeviceOptions { DevCryptoDialect = "vax" }))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*vax*openbsd 2014*");

    [Theory]
    [InlineData("netbsd 10", "aes-gcm", "part of the IV in the key")]
    [InlineData("netbsd 10", "aes-ctr", "part of the IV in the key")]
    [InlineData("netbsd 10", "arc4", "goes on where its last operation stopped")]
    [InlineData("openbsd 2014", "sha256", "no id for sha256")]
    [InlineData("freebsd 14", "aes-xts", "part of the IV in the key or fixes it")]
    public void What_a_dialect_cannot_say_has_its_reason(string form, string algorithm, string reason)
    {
        using DeviceUnderWatch watch = new(form);
        CryptoAlgorithm row = CryptoAlgorithm.Parse(algorithm);
        AlgorithmAvailability found = watch
            .Device.GetAvailability()
            .Algorithms.Single(one => one.Driver == "devcrypto" && one.Algorithm == row);
        found.IsAvailable.Should().BeFalse();
        found.Reason.Should().Contain(reason);
    }

    [Fact]
    public void A_lost_device_says_so_and_the_next_session_opens_it_again()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        watch.Channel.Instead = static (_, _) => -LibC.ENOTCONN;
        CryptoDevException error = FluentActions
            .Invoking(() => session.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16])))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*the device is gone*")
            .Which;
        error.Errno.Should().Be(LibC.ENOTCONN);

        using Session next = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        next.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16])).Should().Be(16);
        watch.Opened.Should().Be(2);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void A_device_that_was_served_anew_is_found_by_the_next_session(int keyLength)
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]).Dispose();
        watch.Channel.Instead = static (_, _) => -LibC.ENOTCONN;

        // The one length was tried before, the other has to be.
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[keyLength]);
        session.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16])).Should().Be(16);
        watch.Opened.Should().Be(2);
        watch.Channel.Instead = static (_, _) => -LibC.ENOTCONN;
        using KeyOp power = KeyOp.ModExp([5], [3], [23]);
        using KeyResult result = watch.Device.Process(power);
        result.ToArray().Should().Equal(10);
        watch.Opened.Should().Be(3);
    }

    [Fact]
    public void Sessions_outlive_their_device_object_and_close_the_file_with_the_last()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        watch.Device.Dispose();

        // Two at once need a second kernel session, asked for after the end of the CryptoDevice.
        Parallel.For(0, 64, _ => session.Process(CryptOp.Encrypt(new byte[4096], new byte[4096], new byte[16])).Should().Be(4096));
        watch.Channel.IsClosed.Should().BeFalse();
        session.Dispose();
        watch.Channel.IsClosed.Should().BeTrue();
        watch.Emulator.Statistics.Should().BeEquivalentTo(new { OpenFiles = 0L, OpenSessions = 0L });
    }

    [Fact]
    public void The_session_names_the_kernel_driver_and_whether_it_is_hardware()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        watch.Driver.Availability.IsAvailable.Should().BeTrue();
        bool isHardware = true;
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (request == DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCGSESSINFO").Code())
            {
                // cipher driver at 68, flags at 264.
                argument.AsSpan(68, 64).Clear();
                "caam-cbc"u8.CopyTo(argument.AsSpan(68));
                argument[264] = isHardware ? (byte)1 : (byte)0;
            }
        };
        using (Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]))
        {
            session
                .Driver.Should()
                .BeEquivalentTo(
                    new
                    {
                        Name = "devcrypto:caam-cbc",
                        KernelDriver = "caam-cbc",
                        Kind = DriverKind.Hardware,
                    }
                );
        }

        isHardware = false;
        using Session plain = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[24]);
        plain.Driver.Kind.Should().Be(DriverKind.Generic);
    }

    [Fact]
    public void A_program_that_is_run_does_not_inherit_the_descriptor()
    {
        string path = Path.GetTempFileName();
        try
        {
            using DeviceFile device = DeviceFile.Open(path, out Errno error)!;
            error.IsError.Should().BeFalse();
            File.ResolveLinkTarget($"/proc/self/fd/{device.DangerousGetHandle()}", false)!
                .FullName.Should()
                .Be(path, "the test looks for it rightly");
            System.Diagnostics.ProcessStartInfo start = new("ls", ["-l", "/proc/self/fd"]) { RedirectStandardOutput = true };
            using System.Diagnostics.Process child = System.Diagnostics.Process.Start(start)!;
            child.StandardOutput.ReadToEnd().Should().NotContain(path);
            child.WaitForExit();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_device_of_a_forked_child_is_the_same_open_file_and_its_sessions_stay_the_parents()
    {
        // What fork does to the descriptor: a duplicate of the same open file. The child's copy is closed; the parent's sessions stay.
        using DeviceUnderWatch watch = new("cryptodev-linux");
        byte[] key = RandomNumberGenerator.GetBytes(16);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, key);
        uint descriptor = uint.MaxValue;
        watch.Channel.Ioctl(DeviceUnderWatch.Ioctl("cryptodev-linux", "CRIOGET").Code(), ref descriptor).Should().Be(0);
        using (DeviceChannel duplicate = watch.Channel.Adopt((int)descriptor)!)
        {
            // The child works on the parent's session, and leaves its IV there: the parent gives its own with every call.
            CryptodevLinux.crypt_op op = new()
            {
                ses = BitConverter.ToUInt32(watch.Channel.Of(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCGSESSINFO"))[^1]),
            };
            duplicate.Ioctl(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT").Code(), ref op).Should().Be(0);
        }

        byte[] output = new byte[32];
        session.Process(CryptOp.Encrypt(new byte[32], output, new byte[16])).Should().Be(32);
        using Aes aes = Aes.Create();
        aes.Key = key;
        output.Should().Equal(aes.EncryptCbc(new byte[32], new byte[16], PaddingMode.None));
    }
}
