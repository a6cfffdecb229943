using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.FreeBsd;
using Table = CryptoDev.Dialects.FreeBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>FreeBSD 12, 13 and 14 as a program meets them.</summary>
public sealed class FreeBsdEmulatorTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_macKey = [.. Enumerable.Range(40, 20).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly byte[] s_aad = [.. Enumerable.Range(90, 21).Select(i => (byte)i)];
    private static readonly byte[] s_iv = [.. Enumerable.Range(160, 16).Select(i => (byte)i)];

    private readonly List<EmulatedClient> _clients = [];

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    /// <summary>To 12 the opened device gives contexts and takes little else; from 13 it is one.</summary>
    [Fact]
    public void CRIOGET_is_needed_to_12()
    {
        EmulatedClient raw = Track(new(Options("freebsd 12")));
        Create2(raw, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint _).Should().Be(LibC.EINVAL);
        crypt_find_op find = new() { crid = 0 };
        raw.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(0);
        uint number = 0;
        raw.Ioctl(Table.CIOCASYMFEAT, ref number).Should().Be(0);
        raw.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
        EmulatedClient context = raw.With(raw.Process.Descriptors[0]);
        Create2(context, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint session).Should().Be(0);
        session.Should().Be(0, "ids begin at 0");
        context.Ioctl(Table.CRIOGET, ref number).Should().Be(LibC.EINVAL);

        EmulatedClient fourteen = Client("freebsd 14");
        Create2(fourteen, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out session).Should().Be(0);
        fourteen.Ioctl(Table.CRIOGET, ref number).Should().Be(0, "it opens the device again");
        fourteen.Process.Descriptors.Should().ContainSingle().Which.Should().NotBeSameAs(fourteen.File);
    }

    /// <summary>Where no descriptor can be put into the caller, the opened device takes its ioctls itself.</summary>
    [Fact]
    public void Without_CRIOGET_the_opened_device_is_the_context()
    {
        EmulatedClient known = Track(
            new(Options("freebsd 12"), process: new ForeignProcess { CanInstallDescriptors = false, DescriptorError = LibC.EOPNOTSUPP })
        );
        Create2(known, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint _).Should().Be(0);
        EmulatedClient found = Track(new(Options("freebsd 12"), process: new ForeignProcess { DescriptorError = LibC.EOPNOTSUPP }));
        Create2(found, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint _).Should().Be(LibC.EINVAL);
        uint number = 0;
        found.Ioctl(Table.CRIOGET, ref number).Should().Be(LibC.EOPNOTSUPP);
        Create2(found, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint _).Should().Be(0);
        found.Device.Statistics.OpenFiles.Should().Be(1);
    }

    /// <summary>
    /// RFC 8439 section 2.4.2. The kernels take eight bytes of counter, then eight of nonce (chacha_ivsetup(ctx, iv + 8, iv)).
    /// </summary>
    [Theory]
    [InlineData("freebsd 12")]
    [InlineData("freebsd 13")]
    [InlineData("freebsd 14")]
    public void ChaCha20_has_its_counter_before_its_nonce(string form)
    {
        EmulatedClient client = Client(form);
        uint session = Open(client, CRYPTO_CHACHA20, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        nint data = client.Process.Map("Ladies and Gentlemen of the clas"u8.ToArray());
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 32,
            src = data,
            dst = data,
            iv = client.Process.Map(Convert.FromHexString("0100000000000000" + "0000004A00000000")),
        };
        Crypt(client, op).Should().Be(0);
        Convert.ToHexString(client.Process.Read(data, 32)).Should().Be("6E2E359A2568F98041BA0728DD0D6981E97E7AEC1D4360C20A27AFCCFD9FAE0B");
    }

    [Theory]
    [InlineData("freebsd 12", WordSize.LP64)]
    [InlineData("freebsd 13", WordSize.ILP32)]
    [InlineData("freebsd 14", WordSize.LP64)]
    [InlineData("freebsd 14", WordSize.ILP32)]
    public void A_message_is_encrypted_and_decrypted(string form, WordSize wordSize)
    {
        EmulatedClient client = Client(form, wordSize);
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map([.. s_message]);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            iv = client.Process.Map(s_iv),
        };
        Crypt(client, op).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(Cbc(s_message));
        Crypt(client, op with { op = COP_DECRYPT }).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(s_message);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(LibC.EINVAL);
        client.File.Poll().Should().Be(0, "it has no poll");
    }

    /// <summary>
    /// All releases copy their buffer out, from 13 what is behind an IV in front. kern.crypto.cryptodev_use_output is 0 by default.
    /// </summary>
    [Theory]
    [InlineData("freebsd 12")]
    [InlineData("freebsd 13")]
    [InlineData("freebsd 14")]
    public void A_digest_copies_the_message_to_dst(string form)
    {
        EmulatedClient client = Client(form);
        Create2(client, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out uint session).Should().Be(0);
        nint source = client.Process.Map([.. s_message]);
        byte[] blank = [.. Enumerable.Repeat((byte)0xEE, 64)];
        nint room = client.Process.Map([.. blank]);
        nint digest = client.Process.Map(20);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = source,
            dst = room,
            mac = digest,
        };
        Crypt(client, op).Should().Be(0);
        client.Process.Read(room, 64).Should().Equal(s_message);
        client.Process.Read(digest, 20).Should().Equal(SHA1.HashData(s_message));
        Crypt(client, op with { dst = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(client, op with { dst = 0 }).Should().Be(0);
        if (form == "freebsd 12")
        {
            return;
        }

        // GMAC is the digest with an IV. Without a pointer to it, it stands in front of the message.
        nint key = client.Process.Map(s_key);
        session2_op gmac = new()
        {
            mac = CRYPTO_AES_NIST_GMAC,
            mackey = key,
            mackeylen = 16,
            crid = CRYPTO_FLAG_SOFTWARE,
        };
        Create2(client, gmac, out session).Should().Be(0);
        client.Process.CopyOut(blank, (ulong)room);
        Crypt(client, op with { ses = session }).Should().Be(0);
        client.Process.Read(room, 64).Should().Equal([.. blank[..12], .. s_message[12..]], "the IV's bytes are left");
        byte[] front = client.Process.Read(digest, 16);
        Crypt(client, op with { ses = session, len = 52, src = source + 12, iv = source }).Should().Be(0);
        client.Process.Read(room, 64).Should().Equal([.. s_message[12..], .. s_message[52..]]);
        client.Process.Read(digest, 16).Should().Equal(front);
        Crypt(client, op with { ses = session, dst = 0 }).Should().Be(0);
    }

    /// <summary>
    /// The IV in front: to 12 it is given back with the result, from 13 the result is written behind it and nothing there.
    /// </summary>
    [Theory]
    [InlineData("freebsd 12", true)]
    [InlineData("freebsd 14", false)]
    public void Without_an_IV_it_stands_in_front(string form, bool givesBack)
    {
        EmulatedClient client = Client(form);
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        nint to = client.Process.Map([.. Enumerable.Repeat((byte)0xEE, 80)]);
        Crypt(
                client,
                new()
                {
                    ses = session,
                    op = COP_ENCRYPT,
                    len = 80,
                    src = client.Process.Map([.. s_iv, .. s_message]),
                    dst = to,
                }
            )
            .Should()
            .Be(0);
        byte[] result = client.Process.Read(to, 80);
        result[16..].Should().Equal(Cbc(s_message));
        result[..16].Should().Equal(givesBack ? s_iv : Enumerable.Repeat((byte)0xEE, 16));
    }

    /// <summary>To 12 the MAC comes first in both directions unless the caller says COP_F_CIPHER_FIRST, and is never checked.</summary>
    [Fact]
    public void In_12_the_order_is_a_flag()
    {
        EmulatedClient client = Client("freebsd 12");
        uint session = Open(client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_macKey);
        byte[] sealedMessage = Cbc(s_message);
        foreach (
            (ushort direction, ushort flags, byte[] input, byte[] covered) in new[]
            {
                (COP_ENCRYPT, (ushort)0, s_message, s_message),
                (COP_ENCRYPT, COP_F_CIPHER_FIRST, s_message, sealedMessage),
                (COP_DECRYPT, (ushort)0, sealedMessage, sealedMessage),
                (COP_DECRYPT, COP_F_CIPHER_FIRST, sealedMessage, s_message),
            }
        )
        {
            nint data = client.Process.Map([.. input]);
            nint mac = client.Process.Map(20);
            Crypt(
                    client,
                    new()
                    {
                        ses = session,
                        op = direction,
                        flags = flags,
                        len = 64,
                        src = data,
                        dst = data,
                        mac = mac,
                        iv = client.Process.Map(s_iv),
                    }
                )
                .Should()
                .Be(0);
            client.Process.Read(data, 64).Should().Equal(direction == COP_ENCRYPT ? sealedMessage : s_message);
            client.Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(s_macKey, covered));
        }
    }

    /// <summary>From 13 it is encrypt-then-MAC, and decryption verifies before it writes.</summary>
    [Fact]
    public void In_14_decryption_verifies()
    {
        EmulatedClient client = Client("freebsd 14");
        uint session = Open(client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_macKey);
        nint data = client.Process.Map([.. s_message]);
        nint mac = client.Process.Map(20);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            mac = mac,
            iv = client.Process.Map(s_iv),
        };
        Crypt(client, op).Should().Be(0);
        client.Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(s_macKey, Cbc(s_message)));
        Crypt(client, op with { op = COP_DECRYPT }).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(s_message);
        Crypt(client, op with { op = COP_DECRYPT }).Should().Be(LibC.EBADMSG);
        client.Process.Read(data, 64).Should().Equal(s_message, "untouched");
        Crypt(client, op with { op = COP_DECRYPT, mac = 0 }).Should().Be(LibC.EFAULT);
        Crypt(client, op with { op = 3 }).Should().Be(LibC.EINVAL);
        Crypt(client, op with { op = COP_DECRYPT, flags = COP_F_CIPHER_FIRST }).Should().Be(LibC.EINVAL);

        crypt_aead aead = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            aad = client.Process.Map(s_aad),
            aadlen = 21,
            tag = mac,
            iv = client.Process.Map(s_iv),
            ivlen = 16,
        };
        Aead(client, aead).Should().Be(0);
        client.Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(s_macKey, (byte[])[.. s_aad, .. Cbc(s_message)]));
        Aead(client, aead with { op = COP_DECRYPT, aadlen = 20 }).Should().Be(LibC.EBADMSG);
        Aead(client, aead with { op = COP_DECRYPT }).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(s_message);
    }

    [Theory]
    [InlineData("freebsd 12", WordSize.LP64)]
    [InlineData("freebsd 13", WordSize.LP64)]
    [InlineData("freebsd 13", WordSize.ILP32)]
    [InlineData("freebsd 14", WordSize.LP64)]
    [InlineData("freebsd 14", WordSize.ILP32)]
    public void GCM_works_with_associated_data(string form, WordSize wordSize)
    {
        EmulatedClient client = Client(form, wordSize);
        uint session =
            form == "freebsd 12"
                ? Open(client, CRYPTO_AES_NIST_GCM_16, s_key, CRYPTO_AES_128_NIST_GMAC, s_key)
                : Open(client, CRYPTO_AES_NIST_GCM_16, s_key);
        nint data = client.Process.Map([.. s_message]);
        nint tag = client.Process.Map(16);
        crypt_aead op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 61,
            src = data,
            dst = data,
            aad = client.Process.Map(s_aad),
            aadlen = 21,
            tag = tag,
            iv = client.Process.Map(s_iv),
            ivlen = 12,
        };
        Aead(client, op).Should().Be(0);
        byte[] expected = new byte[61];
        byte[] expectedTag = new byte[16];
        using AesGcm gcm = new(s_key, 16);
        gcm.Encrypt(s_iv.AsSpan(0, 12), s_message.AsSpan(0, 61), expected, expectedTag, s_aad);
        client.Process.Read(data, 61).Should().Equal(expected);
        client.Process.Read(tag, 16).Should().Equal(expectedTag);
        Aead(client, op with { op = COP_DECRYPT, aadlen = 20 }).Should().Be(LibC.EBADMSG);
        client.Process.Read(data, 61).Should().Equal(expected);
        Aead(client, op with { op = COP_DECRYPT }).Should().Be(0);
        client.Process.Read(data, 64).Should().Equal(s_message);
        Aead(client, op with { tag = 0 }).Should().Be(LibC.EINVAL);
        Aead(client, op with { len = 262141 }).Should().Be(LibC.E2BIG);
        Aead(client, op with { aadlen = 262141 }).Should().Be(LibC.E2BIG);
        Aead(client, op with { ses = 99 }).Should().Be(LibC.EINVAL);
        Aead(client, op with { ivlen = 11 }).Should().Be(LibC.EINVAL);
        Aead(client, op with { aad = 0x99 }).Should().Be(LibC.EFAULT);
        nint readOnly = client.Process.Map(expectedTag, writable: false);
        byte[] emptyTag = new byte[16];
        gcm.Encrypt(s_iv.AsSpan(0, 12), [], [], emptyTag, s_aad);
        Aead(client, op with { len = 0, src = 0, dst = 0 }).Should().Be(0, "a text of nothing has a tag in every release");
        client.Process.Read(tag, 16).Should().Equal(emptyTag);
        Aead(client, op with { op = COP_DECRYPT, len = 0 }).Should().Be(0);
        Aead(client, op with { op = COP_DECRYPT, len = 0, tag = readOnly, dst = 0 }).Should().Be(LibC.EBADMSG);
        if (form == "freebsd 12")
        {
            // With a good message: the tag is written back all the same.
            Process(client, data, expected);
            Aead(client, op with { op = COP_DECRYPT, tag = readOnly }).Should().Be(LibC.EFAULT);
        }
    }

    /// <summary>The kernel of 12 never learned to read a 32-bit program's crypt_aead.</summary>
    [Fact]
    public void In_12_CIOCCRYPTAEAD_is_not_for_32_bit_programs()
    {
        EmulatedClient client = Client("freebsd 12", WordSize.ILP32);
        uint session = Open(client, CRYPTO_AES_NIST_GCM_16, s_key, CRYPTO_AES_128_NIST_GMAC, s_key);
        nint data = client.Process.Map(16);
        crypt_aead op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 16,
            src = data,
            dst = data,
            tag = client.Process.Map(16),
            iv = client.Process.Map(s_iv),
            ivlen = 12,
        };
        Aead(client, op).Should().Be(LibC.EINVAL);
    }

    /// <summary>
    /// CIOCCRYPTAEAD of 12 and 13 takes its IV from the message where no pointer is given; 13 leaves that place alone, and 14 refuses it.
    /// </summary>
    [Fact]
    public void A_record_may_begin_with_its_IV()
    {
        foreach (string form in new[] { "freebsd 12", "freebsd 13", "freebsd 14" })
        {
            EmulatedClient client = Client(form);
            uint session = Open(client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, s_macKey);
            nint data = client.Process.Map([.. s_iv, .. s_message]);
            nint to = client.Process.Map(80);
            nint mac = client.Process.Map(20);
            crypt_aead op = new()
            {
                ses = session,
                op = COP_ENCRYPT,
                flags = COP_F_CIPHER_FIRST,
                len = 80,
                src = data,
                dst = to,
                aad = client.Process.Map(s_aad),
                aadlen = 21,
                tag = mac,
            };
            Aead(client, op).Should().Be(form == "freebsd 14" ? LibC.EINVAL : 0);
            if (form != "freebsd 14")
            {
                byte[] sealedText = Cbc(s_message);
                client.Process.Read(to, 80).Should().Equal([.. form == "freebsd 12" ? s_iv : new byte[16], .. sealedText]);
                byte[] covered = form == "freebsd 12" ? [.. s_aad, .. s_iv, .. sealedText] : [.. s_aad, .. sealedText];
                client.Process.Read(mac, 20).Should().Equal(HMACSHA1.HashData(s_macKey, covered), form);
            }
        }
    }

    [Fact]
    public void Nonces_and_tags_have_other_lengths_in_14()
    {
        EmulatedClient client = Client("freebsd 14");
        nint key = client.Process.Map(s_key);
        session2_op ccm = new()
        {
            cipher = CRYPTO_AES_CCM_16,
            key = key,
            keylen = 16,
            ivlen = 7,
            maclen = 8,
            crid = CRYPTO_FLAG_SOFTWARE,
        };
        Create2(client, ccm, out uint session).Should().Be(0);
        nint data = client.Process.Map([.. s_message]);
        nint tag = client.Process.Map(16);
        crypt_aead op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            tag = tag,
            iv = client.Process.Map(s_iv),
            ivlen = 7,
        };
        Aead(client, op).Should().Be(0);
        byte[] expected = new byte[64];
        byte[] expectedTag = new byte[8];
        using AesCcm oracle = new(s_key);
        oracle.Encrypt(s_iv.AsSpan(0, 7), s_message, expected, expectedTag);
        client.Process.Read(data, 64).Should().Equal(expected);
        client.Process.Read(tag, 16).Should().Equal([.. expectedTag, .. new byte[8]]);
        Create2(client, ccm with { ivlen = 14 }, out uint _).Should().Be(LibC.EINVAL);
        Create2(client, ccm with { maclen = 17 }, out uint _).Should().Be(LibC.EINVAL);
        Create2(client, ccm with { maclen = -1 }, out uint _).Should().Be(LibC.EINVAL);
        session2_op sha = new()
        {
            mac = CRYPTO_SHA1,
            maclen = 10,
            crid = CRYPTO_FLAG_SOFTWARE,
        };
        Create2(client, sha, out uint cut).Should().Be(0);
        nint digest = client.Process.Map(20);
        Crypt(
                client,
                new()
                {
                    ses = cut,
                    op = COP_ENCRYPT,
                    len = 64,
                    src = client.Process.Map(s_message),
                    mac = digest,
                }
            )
            .Should()
            .Be(0);
        client.Process.Read(digest, 20).Should().Equal([.. SHA1.HashData(s_message)[..10], .. new byte[10]]);
        EmulatedClient thirteen = Client("freebsd 13");
        Create2(thirteen, sha, out uint whole).Should().Be(0, "padding there");
        digest = thirteen.Process.Map(20);
        Crypt(
                thirteen,
                new()
                {
                    ses = whole,
                    op = COP_ENCRYPT,
                    len = 64,
                    src = thirteen.Process.Map(s_message),
                    mac = digest,
                }
            )
            .Should()
            .Be(0);
        thirteen.Process.Read(digest, 20).Should().Equal(SHA1.HashData(s_message));
    }

    /// <summary>CIOCGSESSION means hardware; CIOCGSESSION2 chooses a class or a driver; software needs kern.crypto.allow_soft.</summary>
    [Fact]
    public void Drivers_are_chosen_by_class_or_number()
    {
        EmulatedClient client = Client("freebsd 14");
        session_op plain = new() { mac = CRYPTO_SHA1 };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref plain).Should().Be(LibC.EOPNOTSUPP, "there is no hardware");
        crypt_find_op find = new() { crid = -1 };
        "softw"u8.CopyTo(find.name);
        client.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(0);
        int software = find.crid;
        Create2(client, new() { mac = CRYPTO_SHA1, crid = software }, out session2_op made).Should().Be(0);
        made.crid.Should().Be(software);
        Create2(client, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE | CRYPTO_FLAG_HARDWARE }, out made).Should().Be(0);
        made.crid.Should().Be(software, "no flag comes back");
        Create2(client, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_HARDWARE }, out made).Should().Be(LibC.EOPNOTSUPP);
        Create2(client, new() { mac = CRYPTO_SHA1, crid = 9999 }, out made).Should().Be(LibC.EOPNOTSUPP, "nobody is asked");

        find = new() { crid = software };
        client.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(0);
        CryptoDev.Dialects.FreeBsdCodec.DecodeName(find).Should().Be("cryptosoft0", "programs know software by this name");
        foreach (string name in new[] { "cryptosoft0", "cryptosoft", "software" })
        {
            find = new() { crid = -1 };
            System.Text.Encoding.ASCII.GetBytes(name).CopyTo(find.name);
            client.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(0, name);
            find.crid.Should().Be(software, name);
        }

        find = default;
        find.crid = 9999;
        client.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(LibC.ENOENT);
        find.crid = -1;
        "none"u8.CopyTo(find.name);
        client.Ioctl(Table.CIOCFINDDEV, Table.CryptFindOp, ref find).Should().Be(LibC.ENOENT);

        EmulatedClient strict = Track(new(Options("freebsd 14") with { AllowSoft = null }));
        Create2(strict, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE }, out made).Should().Be(LibC.EINVAL);
        Create2(strict, new() { mac = CRYPTO_SHA1, crid = software }, out made).Should().Be(LibC.EINVAL);
        Create2(strict, new() { mac = CRYPTO_SHA1, crid = 9999 }, out made)
            .Should()
            .Be(LibC.EINVAL, "what is not known to be hardware is none");
        Create2(strict, new() { mac = CRYPTO_SHA1, crid = CRYPTO_FLAG_SOFTWARE | CRYPTO_FLAG_HARDWARE }, out made)
            .Should()
            .Be(LibC.EOPNOTSUPP, "hardware alone, without a word");
        EmulatedClient twelve = Client("freebsd 12");
        twelve.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref plain).Should().Be(LibC.EINVAL);
        Create2(twelve, new() { mac = CRYPTO_SHA1, crid = 9999 }, out made).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void Mistakes_have_their_errno()
    {
        foreach (string form in new[] { "freebsd 12", "freebsd 13", "freebsd 14" })
        {
            EmulatedClient client = Client(form);
            nint data = client.Process.Map(64);
            uint cbc = Open(client, CRYPTO_AES_CBC, s_key);
            crypt_op good = new()
            {
                ses = cbc,
                op = COP_ENCRYPT,
                len = 32,
                src = data,
                dst = data,
                iv = data,
            };
            Crypt(client, good).Should().Be(0);
            Crypt(client, good with { len = 262144 }).Should().Be(LibC.E2BIG);
            Crypt(client, good with { len = 0 }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { len = 31 }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { mac = data }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { ses = 7 }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { src = 0x99 }).Should().Be(LibC.EFAULT);
            Crypt(client, good with { dst = 0x99 }).Should().Be(LibC.EFAULT);
            Crypt(client, good with { iv = 0x99 }).Should().Be(LibC.EFAULT);
            Crypt(client, good with { dst = 0 }).Should().Be(0);
            Crypt(client, good with { op = 7 }).Should().Be(form == "freebsd 12" ? 0 : LibC.EINVAL);
            Create2(client, new() { ses = 55, crid = CRYPTO_FLAG_SOFTWARE }, out uint untouched).Should().Be(LibC.EINVAL);
            untouched.Should().Be(55, "a call that fails writes nothing back");
            Create2(
                    client,
                    new()
                    {
                        cipher = CRYPTO_AES_CBC,
                        key = 0x99,
                        keylen = 16,
                        crid = CRYPTO_FLAG_SOFTWARE,
                    },
                    out uint _
                )
                .Should()
                .Be(LibC.EFAULT);
            Create2(
                    client,
                    new()
                    {
                        cipher = CRYPTO_AES_CBC,
                        key = data,
                        keylen = 17,
                        crid = CRYPTO_FLAG_SOFTWARE,
                    },
                    out uint _
                )
                .Should()
                .Be(LibC.EINVAL);
            Create2(
                    client,
                    new()
                    {
                        cipher = CRYPTO_AES_NIST_GCM_16,
                        key = data,
                        keylen = 16,
                        mac = CRYPTO_SHA1,
                        crid = CRYPTO_FLAG_SOFTWARE,
                    },
                    out uint _
                )
                .Should()
                .Be(LibC.EINVAL);
        }
    }

    [Fact]
    public void Fourteen_has_no_key_operations()
    {
        EmulatedClient fourteen = Client("freebsd 14");
        crypt_kop op = default;
        fourteen.Ioctl(Table.CIOCKEY, Table.CryptKop, ref op).Should().Be(LibC.EINVAL);
        uint mask = 0;
        fourteen.Ioctl(Table.CIOCASYMFEAT, ref mask).Should().Be(LibC.EINVAL);
        Client("freebsd 13").Ioctl(Table.CIOCASYMFEAT, ref mask).Should().Be(0);
        mask.Should().Be(0xF, "the loop stops before CRK_DH_COMPUTE_KEY");
    }

    internal static DevCryptoEmulatorOptions Options(string form) =>
        new DevCryptoEmulatorOptions
        {
            Dialect = DialectInfo.FreeBsd,
            Form = form,
            Policy = DriverPolicy.SoftwareOnly,
        }.AllowingSoftware();

    private EmulatedClient Client(string form, WordSize wordSize = WordSize.LP64)
    {
        EmulatedClient client = Track(new(Options(form), wordSize));
        if (form == "freebsd 12")
        {
            uint number = 0;
            client.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
            return client.With(client.Process.Descriptors[0]);
        }

        return client;
    }

    private EmulatedClient Track(EmulatedClient client)
    {
        _clients.Add(client);
        return client;
    }

    private static uint Open(EmulatedClient client, uint cipher, byte[] key, uint mac = 0, byte[]? macKey = null)
    {
        session2_op op = new()
        {
            cipher = cipher,
            keylen = (uint)key.Length,
            key = client.Process.Map(key),
            mac = mac,
            mackeylen = macKey?.Length ?? 0,
            mackey = macKey is null ? 0 : client.Process.Map(macKey),
            crid = CRYPTO_FLAG_SOFTWARE,
        };
        Create2(client, op, out uint session).Should().Be(0);
        return session;
    }

    private static int Create2(EmulatedClient client, session2_op op, out uint session)
    {
        int error = Create2(client, op, out session2_op made);
        session = made.ses;
        return error;
    }

    private static int Create2(EmulatedClient client, session2_op op, out session2_op made)
    {
        made = op;
        return client.Ioctl(Table.CIOCGSESSION2, Table.Session2Op, ref made);
    }

    private static int Crypt(EmulatedClient client, crypt_op op) => client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    private static int Aead(EmulatedClient client, crypt_aead op) => client.Ioctl(Table.CIOCCRYPTAEAD, Table.CryptAead, ref op);

    private static void Process(EmulatedClient client, nint address, byte[] bytes) =>
        client.Process.CopyOut(bytes, (ulong)address).Should().BeTrue();

    private static byte[] Cbc(byte[] message)
    {
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        return aes.EncryptCbc(message, s_iv, PaddingMode.None);
    }
}
