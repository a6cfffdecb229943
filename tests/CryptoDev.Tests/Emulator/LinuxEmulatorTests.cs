using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>cryptodev-linux as a program meets it: sessions, chaining, hashes, records, and errno for each mistake.</summary>
public sealed class LinuxEmulatorTests : IDisposable
{
    private static readonly byte[] s_key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
    private static readonly byte[] s_iv = Convert.FromHexString("000102030405060708090A0B0C0D0E0F");
    private static readonly byte[] s_plain = Convert.FromHexString("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51");
    private static readonly byte[] s_cbc = Convert.FromHexString("7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2");

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _client.Dispose();

    /// <summary>NIST SP 800-38A F.2.1: open, CIOCGSESSION, CIOCCRYPT, CIOCFSESSION.</summary>
    [Theory]
    [InlineData(WordSize.LP64, false)]
    [InlineData(WordSize.ILP32, false)]
    [InlineData(WordSize.LP64, true)]
    public void A_message_is_encrypted_and_decrypted(WordSize wordSize, bool lends)
    {
        using EmulatedClient client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly }, wordSize, new ForeignProcess(wordSize) { Lends = lends });
        uint session = Open(client, CRYPTO_AES_CBC, s_key);
        nint buffer = client.Process.Map([.. s_plain]);
        crypt_op op = new() { ses = session, op = COP_ENCRYPT, len = 32, src = buffer, dst = buffer, iv = client.Process.Map(s_iv) };

        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(buffer, 32).Should().Equal(s_cbc);

        op.op = COP_DECRYPT;
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(0);
        client.Process.Read(buffer, 32).Should().Equal(s_plain);
        client.Process.Lent.Should().Be(lends ? 4 : 0);

        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref op).Should().Be(LibC.EINVAL);
        client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0, "the kernel's test for an unknown id is never true");
    }

    internal static uint Open(EmulatedClient client, uint cipher, byte[]? key, uint mac = 0, byte[]? macKey = null)
    {
        session_op op = new()
        {
            cipher = cipher, keylen = (uint)(key?.Length ?? 0), key = key is null ? 0 : client.Process.Map(key), mac = mac, mackeylen = (uint)(macKey?.Length ?? 0),
            mackey = macKey is null ? 0 : client.Process.Map(macKey),
        };
        client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op).Should().Be(0);
        return op.ses;
    }
}
