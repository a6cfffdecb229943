using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.OpenBsd;
using Table = CryptoDev.Dialects.OpenBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>OpenBSD of 2002 and 2014 as a program meets it.</summary>
public sealed class OpenBsdEmulatorTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly byte[] s_iv = [.. Enumerable.Range(160, 16).Select(i => (byte)i)];

    private readonly List<EmulatedClient> _clients = [];

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    /// <summary>RFC 3686 section 6, test vector 1: the nonce follows the key, the IV has eight bytes, the counter begins at 1.</summary>
    [Fact]
    public void AES_CTR_is_of_RFC_3686()
    {
        EmulatedClient client = Client("openbsd 2014");
        uint session = Open(client, CRYPTO_AES_CTR, Convert.FromHexString("AE6852F8121067CC4BF7A5765577F39E" + "00000030"));
        nint data = client.Process.Map("Single block msg"u8.ToArray());
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 16,
            src = data,
            dst = data,
            iv = client.Process.Map(16),
        };
        Crypt(client, op).Should().Be(0);
        Convert.ToHexString(client.Process.Read(data, 16)).Should().Be("E4095D4FB7A7B3792D6175A3261311B8");
    }

    [Theory]
    [InlineData("openbsd 2002", WordSize.LP64)]
    [InlineData("openbsd 2014", WordSize.LP64)]
    [InlineData("openbsd 2014", WordSize.ILP32)]
    public void A_message_is_encrypted_and_decrypted(string form, WordSize wordSize)
    {
        EmulatedClient client = Client(form, wordSize);
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        session.Should().Be(0, "ids begin at 0");
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
        Crypt(client, op with { op = 0 }).Should().Be(0, "everything but COP_ENCRYPT decrypts");
        client.Process.Read(data, 64).Should().Equal(s_message);

        nint front = client.Process.Map([.. s_iv, .. s_message]);
        Crypt(
                client,
                new()
                {
                    ses = session,
                    op = COP_ENCRYPT,
                    len = 80,
                    src = front,
                    dst = front,
                }
            )
            .Should()
            .Be(0);
        client
            .Process.Read(front, 80)
            .Should()
            .Equal([.. s_iv, .. Cbc(s_message)], "without a pointer the first block is the IV, given back as it is");
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void A_digest_copies_the_message_to_dst()
    {
        EmulatedClient old = Client("openbsd 2002");
        session_op create = new() { mac = CRYPTO_SHA1 };
        old.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(0);
        nint room = old.Process.Map(64);
        nint digest = old.Process.Map(20);
        crypt_op op = new()
        {
            ses = create.ses,
            op = COP_ENCRYPT,
            len = 64,
            src = old.Process.Map([.. s_message]),
            dst = room,
            mac = digest,
        };
        Crypt(old, op).Should().Be(0);
        old.Process.Read(room, 64).Should().Equal(s_message);
        old.Process.Read(digest, 20).Should().Equal(SHA1.HashData(s_message));
        Crypt(old, op with { dst = 0x99 }).Should().Be(LibC.EFAULT);
        Crypt(old, op with { dst = 0 }).Should().Be(0);
    }

    /// <summary>2002 cuts every MAC to twelve bytes, and has it over the input in both directions; 2014 takes none.</summary>
    [Fact]
    public void MACs_went_in_2004()
    {
        byte[] macKey = [.. Enumerable.Range(40, 20).Select(i => (byte)i)];
        EmulatedClient old = Client("openbsd 2002");
        uint session = Open(old, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, macKey);
        nint data = old.Process.Map([.. s_message]);
        nint mac = old.Process.Map(20);
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            iv = old.Process.Map(s_iv),
            mac = mac,
        };
        Crypt(old, op).Should().Be(0);
        old.Process.Read(mac, 20).Should().Equal([.. HMACSHA1.HashData(macKey, s_message)[..12], .. new byte[8]]);
        Crypt(old, op with { op = COP_DECRYPT }).Should().Be(0);
        old.Process.Read(mac, 12).Should().Equal(HMACSHA1.HashData(macKey, Cbc(s_message))[..12]);

        EmulatedClient late = Client("openbsd 2014");
        session_op create = new()
        {
            mac = CRYPTO_SHA1_HMAC,
            mackey = late.Process.Map(macKey),
            mackeylen = 20,
        };
        late.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(LibC.EINVAL);
    }

    [Fact]
    public void The_opened_device_takes_nothing_but_CRIOGET()
    {
        EmulatedClient raw = Track(new(Options("openbsd 2014")));
        session_op create = new() { cipher = CRYPTO_NULL };
        raw.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(LibC.EINVAL);
        uint number = 0;
        raw.Ioctl(Table.CIOCASYMFEAT, ref number).Should().Be(LibC.EINVAL);
        raw.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
        EmulatedClient context = raw.With(raw.Process.Descriptors[0]);
        context.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(0);
        context.Ioctl(Table.CRIOGET, ref number).Should().Be(LibC.EINVAL);
        context.File.Poll().Should().Be(0);
        EmulatedClient full = Track(new(Options("openbsd 2014"), process: new ForeignProcess { DescriptorError = LibC.ENFILE }));
        full.Ioctl(Table.CRIOGET, ref number).Should().Be(LibC.ENFILE);
    }

    /// <summary>In 2014 the device is shut to users, and in either year to software, unless somebody opened it.</summary>
    [Fact]
    public void Switches_are_shut_by_default()
    {
        DevCryptoEmulatorOptions bare = new() { Dialect = DialectInfo.OpenBsd, Policy = DriverPolicy.SoftwareOnly };
        using DevCryptoEmulator shut = new(bare);
        shut.Form.Should().Be("openbsd 2014");
        shut.Open(out _).Should().Be(LibC.ENXIO);
        EmulatedClient raw = Track(new(bare with { Form = "openbsd 2002" }));
        uint number = 0;
        raw.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
        EmulatedClient context = raw.With(raw.Process.Descriptors[0]);
        session_op create = new() { mac = CRYPTO_MD5 };
        context.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(LibC.EINVAL, "software is forbidden");
        context.Ioctl(Table.CIOCASYMFEAT, ref number).Should().Be(0);
        number.Should().Be(0);

        // Key operations have a switch of their own since, which is off too; CIOCKEY itself does not ask it.
        foreach ((string form, uint mask) in new[] { ("openbsd 2002", 0xFu), ("openbsd 2014", 0u) })
        {
            EmulatedClient device = Track(new(bare with { Form = form, UserCrypto = 1, AllowSoft = 1 }));
            device.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
            device.With(device.Process.Descriptors[0]).Ioctl(Table.CIOCASYMFEAT, ref number).Should().Be(0);
            number.Should().Be(mask, "{0}: the loop ends before CRK_DH_COMPUTE_KEY", form);
        }
    }

    [Fact]
    public void Mistakes_have_their_errno()
    {
        EmulatedClient late = Client("openbsd 2014", arc4: Arc4KeyStream.Restart);
        EmulatedClient old = Client("openbsd 2002", arc4: Arc4KeyStream.Restart);
        foreach (EmulatedClient client in new[] { late, old })
        {
            nint data = client.Process.Map(new byte[70000]);
            uint cbc = Open(client, CRYPTO_AES_CBC, s_key);
            uint arc4 = Open(client, CRYPTO_ARC4, s_key);
            crypt_op good = new()
            {
                ses = cbc,
                op = COP_ENCRYPT,
                len = 65520,
                src = data,
                dst = data,
                iv = data,
            };
            Crypt(client, good).Should().Be(0);
            Crypt(client, good with { len = 65536 }).Should().Be(client == late ? LibC.E2BIG : 0);
            Crypt(client, good with { len = 262144 }).Should().Be(LibC.E2BIG);
            Crypt(client, good with { len = 0 }).Should().Be(client == late ? LibC.EINVAL : 0);
            Crypt(client, good with { len = 8 }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { mac = data }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { ses = 9 }).Should().Be(LibC.EINVAL);
            Crypt(client, good with { ses = arc4, len = 5 }).Should().Be(LibC.EINVAL, "ARC4 with an IV");
            Crypt(client, good with { ses = arc4, len = 5, iv = 0 }).Should().Be(0);
            Crypt(client, good with { src = 0x99 }).Should().Be(LibC.EFAULT);
            Crypt(client, good with { dst = 0x99 }).Should().Be(LibC.EFAULT);
            Crypt(client, good with { iv = 0x99 }).Should().Be(LibC.EFAULT);
            foreach (
                session_op wrong in new session_op[]
                {
                    new(),
                    new()
                    {
                        cipher = 99,
                        key = data,
                        keylen = 16,
                    },
                    new()
                    {
                        cipher = CRYPTO_AES_CBC,
                        key = data,
                        keylen = 33,
                    },
                }
            )
            {
                session_op create = wrong;
                client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(LibC.EINVAL);
            }

            session_op fault = new()
            {
                cipher = CRYPTO_AES_CBC,
                key = 0x99,
                keylen = 16,
            };
            client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref fault).Should().Be(LibC.EFAULT);
        }
    }

    internal static DevCryptoEmulatorOptions Options(string form) =>
        new DevCryptoEmulatorOptions
        {
            Dialect = DialectInfo.OpenBsd,
            Form = form,
            Policy = DriverPolicy.SoftwareOnly,
        }.AllowingSoftware();

    private EmulatedClient Client(string form, WordSize wordSize = WordSize.LP64, Arc4KeyStream arc4 = Arc4KeyStream.Refused)
    {
        EmulatedClient raw = Track(new(Options(form) with { Arc4 = arc4 }, wordSize));
        uint number = 0;
        raw.Ioctl(Table.CRIOGET, ref number).Should().Be(0);
        return raw.With(raw.Process.Descriptors[0]);
    }

    private EmulatedClient Track(EmulatedClient client)
    {
        _clients.Add(client);
        return client;
    }

    private static uint Open(EmulatedClient client, uint cipher, byte[] key, uint mac = 0, byte[]? macKey = null)
    {
        session_op op = new()
        {
            cipher = cipher,
            keylen = (uint)key.Length,
            key = client.Process.Map(key),
            mac = mac,
            mackeylen = macKey?.Length ?? 0,
            mackey = macKey is null ? 0 : client.Process.Map(macKey),
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(0);
        return op.ses;
    }

    private static int Crypt(EmulatedClient client, crypt_op op) => client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op);

    private static byte[] Cbc(byte[] message)
    {
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        return aes.EncryptCbc(message, s_iv, PaddingMode.None);
    }
}
