using System.Buffers.Binary;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>One ioctl per operation, built anew each time, with what each kernel wants in it.</summary>
public sealed class OneIoctlTests
{
    private static readonly byte[] s_iv = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    public static TheoryData<string> Forms => DevCryptoDriverTests.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_cipher_message_is_one_ioctl_with_its_iv(string form)
    {
        using DeviceUnderWatch watch = new(form);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        byte[] once = new byte[64];
        byte[] again = new byte[64];
        watch.Channel.Calls.Clear();
        session.Process(CryptOp.Encrypt(new byte[64], once, s_iv));
        session.Process(CryptOp.Encrypt(new byte[64], again, s_iv));
        watch.Channel.Calls.Should().HaveCount(2);
        watch.Channel.Calls.Should().OnlyContain(call => call.Request == DeviceUnderWatch.Ioctl(form, "CIOCCRYPT").Code());
        again.Should().Equal(once, "no message chains to the one before");
        BinaryPrimitives.ReadInt64LittleEndian(watch.Channel.Calls[0].Sent.AsSpan(40)).Should().NotBe(0, "the IV has an address");
        session.Process(CryptOp.Encrypt(default, default, s_iv)).Should().Be(0);
        watch.Channel.Calls.Should().HaveCount(2, "a cipher of nothing is nothing, and most kernels refuse to be asked");
    }

    [Theory]
    [InlineData("cryptodev-linux")]
    [InlineData("netbsd 10")]
    [InlineData("freebsd 12")]
    [InlineData("freebsd 14")]
    [InlineData("openbsd 2002")]
    public void A_digest_is_one_ioctl(string form)
    {
        using DeviceUnderWatch watch = new(form);
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        watch.Channel.Calls.Clear();
        byte[] digest = new byte[20];
        session.Process(CryptOp.Digest("abc"u8, digest));
        Convert.ToHexString(digest).Should().Be("A9993E364706816ABA3E25717850C26C9CD0D89D");
        watch.Channel.Calls.Should().ContainSingle();
        BinaryPrimitives
            .ReadInt64LittleEndian(watch.Channel.Calls[0].Sent.AsSpan(24))
            .Should()
            .Be(0, "the BSDs copy the message to a destination of a digest");
    }

    [Theory]
    [InlineData("cryptodev-linux", "CIOCAUTHCRYPT")]
    [InlineData("freebsd 12", "CIOCCRYPTAEAD")]
    [InlineData("freebsd 13", "CIOCCRYPTAEAD")]
    [InlineData("freebsd 14", "CIOCCRYPTAEAD")]
    public void An_aead_message_is_one_ioctl_wherever_its_tag_lies(string form, string ioctl)
    {
        using DeviceUnderWatch watch = new(form);
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key));
        watch.Channel.Calls.Clear();
        byte[] attached = new byte[48];
        byte[] apart = new byte[32];
        byte[] tag = new byte[16];
        session.Process(CryptOp.SealAttached(s_iv.AsSpan(0, 12), new byte[32], attached, "aad"u8));
        session.Process(CryptOp.Seal(s_iv.AsSpan(0, 12), new byte[32], apart, tag, "aad"u8));
        session.Process(CryptOp.OpenAttached(s_iv.AsSpan(0, 12), attached, apart, "aad"u8));
        session.Process(CryptOp.Open(s_iv.AsSpan(0, 12), attached.AsSpan(0, 32), tag, apart, "aad"u8));
        apart.Should().OnlyContain(value => value == 0);
        watch.Channel.Count(DeviceUnderWatch.Ioctl(form, ioctl)).Should().Be(4);
        watch.Channel.Calls.Should().HaveCount(4);
    }

    [Theory]
    [InlineData("cryptodev-linux", MacOrder.MacPlaintext)]
    [InlineData("freebsd 12", MacOrder.MacPlaintext)]
    [InlineData("freebsd 12", MacOrder.MacCiphertext)]
    [InlineData("freebsd 13", MacOrder.MacCiphertext)]
    [InlineData("freebsd 14", MacOrder.MacCiphertext)]
    public void Cipher_and_mac_are_one_ioctl_where_the_kernel_has_the_order(string form, MacOrder order)
    {
        using DeviceUnderWatch watch = new(form);
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Open(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, key),
                order
            )
        );
        watch.Channel.Calls.Clear();
        byte[] sealed_ = new byte[52];
        byte[] back = new byte[32];
        session.Process(CryptOp.SealAttached(s_iv, new byte[32], sealed_));
        session.Process(CryptOp.OpenAttached(s_iv, sealed_, back));
        watch.Channel.Calls.Should().HaveCount(2);
        sealed_[3] ^= 1;
        FluentActions
            .Invoking(() => session.Process(CryptOp.OpenAttached(s_iv, sealed_, back)))
            .Should()
            .Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
    }

    [Theory]
    [InlineData("cryptodev-linux", MacOrder.MacCiphertext)]
    [InlineData("freebsd 14", MacOrder.MacPlaintext)]
    [InlineData("netbsd 10", MacOrder.MacPlaintext)]
    public void Another_order_is_composed_of_two(string form, MacOrder order)
    {
        using DeviceUnderWatch watch = new(form);
        using CryptoKey key = new(new byte[16]);
        using CryptoKey macKey = new(new byte[20]);
        using Session session = watch.Open(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha1, macKey),
                order
            )
        );
        watch.Channel.Calls.Clear();
        session.Process(CryptOp.SealAttached(s_iv, new byte[32], new byte[52]));
        watch.Channel.Calls.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("openbsd 2014", 65532)]
    [InlineData("openbsd 2002", 262140)]
    [InlineData("netbsd 10", 262140)]
    [InlineData("freebsd 12", 262140)]
    [InlineData("freebsd 13", 262140)]
    [InlineData("freebsd 14", 262140)]
    public void A_long_cipher_message_is_cut_with_explicit_ivs(string form, int most)
    {
        using DeviceUnderWatch watch = new(form);
        byte[] key = new byte[16];
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, key);
        session.MaxMessageLength.Should().Be(long.MaxValue);
        byte[] message = new byte[600_000];
        new Random(7).NextBytes(message);
        byte[] output = new byte[message.Length];
        watch.Channel.Calls.Clear();
        session.Process(CryptOp.Encrypt(message, output, s_iv)).Should().Be(message.Length);
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = key;
        output.Should().Equal(aes.EncryptCbc(message, s_iv, System.Security.Cryptography.PaddingMode.None));
        watch.Channel.Calls.Should().HaveCount(((message.Length - 1) / (most / 16 * 16)) + 1);

        if (form != "openbsd 2014")
        {
            using Session digest = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
            digest.MaxMessageLength.Should().Be(most, "a digest cannot be cut");
            FluentActions
                .Invoking(() => digest.Process(CryptOp.Digest(message, new byte[20])))
                .Should()
                .Throw<ArgumentException>()
                .WithMessage($"*{most}*");
        }
    }

    [Theory]
    [InlineData("cryptodev-linux", 4096)]
    [InlineData("freebsd 12", 262140)]
    [InlineData("freebsd 13", 262140)]
    [InlineData("freebsd 14", 262140)]
    public void A_session_tells_how_much_associated_data_it_takes(string form, int most)
    {
        using DeviceUnderWatch watch = new(form);
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key));
        session.MaxAssociatedDataLength.Should().Be(most);
        session.Process(CryptOp.Seal(new byte[12], new byte[32], new byte[32], new byte[16], new byte[most])).Should().Be(32);
        FluentActions
            .Invoking(() => session.Process(CryptOp.Seal(new byte[12], new byte[32], new byte[32], new byte[16], new byte[most + 1])))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage($"*{most + 1}*{most}*");
    }

    [Fact]
    public void What_a_kernel_writes_back_is_never_sent_again()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        IoctlInfo crypt = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT");
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (request == crypt.Code())
            {
                // COP_FLAG_NO_ZC, as for buffers that are not aligned: alone it would hash on from the state before.
                argument[6] |= (byte)CryptodevLinux.COP_FLAG_NO_ZC;
            }
        };
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        session.Process(CryptOp.Digest("abc"u8, first));
        session.Process(CryptOp.Digest("abc"u8, second));
        second.Should().Equal(first);
        watch.Channel.Of(crypt).Should().OnlyContain(sent => sent[6] == 0 && sent[7] == 0);
    }

    [Fact]
    public void An_update_of_nothing_is_never_sent_and_state_begins_with_a_reset()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        IoctlInfo crypt = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT");
        watch.Channel.Calls.Clear();
        byte[] digest = new byte[32];
        using (DigestOperation operation = session.BeginDigest())
        {
            operation.Update(default);
            operation.Update("a"u8);
            operation.Update(default);
            operation.Update("bc"u8);
            using DigestOperation copy = operation.Clone();
            copy.Update("x"u8);
            operation.Final(digest);
        }

        digest.Should().Equal(System.Security.Cryptography.SHA256.HashData("abc"u8));
        watch.Channel.Count(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCPHASH")).Should().Be(1);
        byte[][] sent = watch.Channel.Of(crypt);
        sent.Select(bytes => bytes[6])
            .Should()
            .Equal(
                (byte)(CryptodevLinux.COP_FLAG_UPDATE | CryptodevLinux.COP_FLAG_RESET),
                (byte)CryptodevLinux.COP_FLAG_UPDATE,
                (byte)CryptodevLinux.COP_FLAG_UPDATE,
                (byte)CryptodevLinux.COP_FLAG_FINAL
            );
        sent.Where(bytes => (bytes[6] & CryptodevLinux.COP_FLAG_UPDATE) != 0)
            .Should()
            .OnlyContain(bytes => BitConverter.ToUInt32(bytes, 8) > 0);
        sent.Select(bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes))
            .Distinct()
            .Should()
            .HaveCount(2, "each state has a kernel session of its own");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_key_with_a_length_has_an_address_and_unused_bytes_are_zero(string form)
    {
        using DeviceUnderWatch watch = new(form);
        watch.Cipher(CryptoAlgorithm.AesCbc, [.. Enumerable.Repeat((byte)1, 16)]).Dispose();
        string name = form.StartsWith("freebsd", StringComparison.Ordinal) ? "CIOCGSESSION2" : "CIOCGSESSION";
        byte[][] sent = watch.Channel.Of(DeviceUnderWatch.Ioctl(form, name));
        sent.Should().NotBeEmpty();
        foreach (byte[] bytes in sent)
        {
            // keylen at 8 (NetBSD 12), key at 16, mackeylen at 24, mackey at 32, padding behind the lengths.
            int keyLength = BinaryPrimitives.ReadInt32LittleEndian(
                bytes.AsSpan(form.StartsWith("netbsd", StringComparison.Ordinal) ? 12 : 8)
            );
            (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)) != 0).Should().Be(keyLength != 0);
            int macKeyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24));
            (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)) != 0).Should().Be(macKeyLength != 0);
            bytes[28..32].Should().OnlyContain(value => value == 0);
        }
    }

    [Theory]
    [InlineData("freebsd 14")]
    [InlineData("openbsd 2014")]
    public void Session_zero_is_a_session(string form)
    {
        using DeviceUnderWatch watch = new(form);
        IoctlInfo free = DeviceUnderWatch.Ioctl(form, "CIOCFSESSION");
        string create = form.StartsWith("freebsd", StringComparison.Ordinal) ? "CIOCGSESSION2" : "CIOCGSESSION";
        IoctlInfo crypt = DeviceUnderWatch.Ioctl(form, "CIOCCRYPT");
        List<uint> used = [];
        watch.Driver.Availability.IsAvailable.Should().BeTrue();
        watch.Channel.Calls.Clear();

        // From here on this kernel calls every session number 0.
        watch.Channel.Instead = (request, argument) =>
        {
            if (request == crypt.Code())
            {
                used.Add(BinaryPrimitives.ReadUInt32LittleEndian(argument));
            }

            return request == DeviceUnderWatch.Ioctl(form, create).Code() || request == crypt.Code() || request == free.Code() ? 0 : null;
        };
        using (Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]))
        {
            session.Process(CryptOp.Encrypt(new byte[16], new byte[16], s_iv)).Should().Be(16);
        }

        used.Should().Equal(0u);
        watch
            .Channel.Of(free)
            .Should()
            .HaveCount(2, "the probe's and the session's are both freed")
            .And.OnlyContain(sent => BitConverter.ToUInt32(sent, 0) == 0);
    }

    /// <summary>Kernels take one; a hardware driver behind one may not.</summary>
    [Fact]
    public void A_device_that_takes_no_empty_text_says_so_and_works_on()
    {
        using DeviceUnderWatch watch = new("freebsd 14");
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key));
        watch.Channel.Instead = (request, argument) =>
            request == DeviceUnderWatch.Ioctl("freebsd 14", "CIOCCRYPTAEAD").Code() && BitConverter.ToUInt32(argument, 8) == 0
                ? -LibC.EINVAL
                : null;
        watch.Channel.Calls.Clear();
        FluentActions
            .Invoking(() => session.Process(CryptOp.Seal(new byte[12], [], [], new byte[16])))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*takes no message without a text; use another driver*")
            .Which.Errno.Should()
            .Be(LibC.EINVAL);
        session.Process(CryptOp.Seal(new byte[12], new byte[5], new byte[5], new byte[16])).Should().Be(5);
        watch.Channel.Calls.Should().HaveCount(2, "its kernel session is as good as before");
    }

    [Fact]
    public void The_length_of_a_tag_is_said_with_every_call()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using CryptoKey key = new(new byte[16]);
        using Session session = watch.Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, key, tagLength: 12));
        session.Process(CryptOp.SealAttached(s_iv.AsSpan(0, 12), new byte[5], new byte[17]));
        byte[] sent = watch.Channel.Of(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCAUTHCRYPT"))[^1];
        BinaryPrimitives.ReadUInt32LittleEndian(sent.AsSpan(48)).Should().Be(12);
    }

    [Fact]
    public void Xts_over_a_length_that_the_kernel_refuses_steals_ciphertext()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        using Session session = watch.Cipher(CryptoAlgorithm.AesXts, key);
        using CryptoDevice software = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
        using CryptoKey held = CryptoKey.Copy(key);
        using Session expected = software.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesXts, held));
        for (int length = 16; length < 80; length++)
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
            byte[] right = new byte[length];
            expected.Process(CryptOp.Encrypt(message, right, s_iv));
            byte[] place = [.. message];
            session.Process(CryptOp.Encrypt(place, place, s_iv));
            place.Should().Equal(right, "{0} bytes, in place", length);
            session.Process(CryptOp.Decrypt(place, place, s_iv));
            place.Should().Equal(message, "{0} bytes, back", length);
        }
    }

    [Fact]
    public void Two_at_once_have_kernel_sessions_of_their_own()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        using Barrier both = new(2);
        IoctlInfo crypt = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCCRYPT");
        watch.Channel.Instead = (request, _) =>
        {
            if (request == crypt.Code())
            {
                both.SignalAndWait(Patience.Span).Should().BeTrue("both are inside the kernel");
            }

            return null;
        };
        OwnThreads.Run(2, _ => session.Process(CryptOp.Encrypt(new byte[16], new byte[16], s_iv)));
        watch.Channel.Of(crypt).Select(sent => BinaryPrimitives.ReadUInt32LittleEndian(sent)).Distinct().Should().HaveCount(2);
    }

    [Theory]
    [InlineData(LibC.EFAULT)]
    [InlineData(LibC.EINVAL)]
    public void A_kernel_session_that_failed_is_freed_and_another_takes_its_place(int errno)
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, new byte[16]);
        IoctlInfo crypt = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT");
        watch.Channel.Instead = (request, _) => request == crypt.Code() ? -errno : null;
        FluentActions
            .Invoking(() => session.Process(CryptOp.Encrypt(new byte[16], new byte[16], s_iv)))
            .Should()
            .Throw<CryptoDevException>()
            .Which.Errno.Should()
            .Be(errno);
        watch.Channel.Instead = null;
        watch.Emulator.Statistics.OpenSessions.Should().Be(0);
        session.Process(CryptOp.Encrypt(new byte[16], new byte[16], s_iv)).Should().Be(16);
        session.Statistics.Failures.Should().Be(1);
    }
}
