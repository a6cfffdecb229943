using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>CIOCASYNCCRYPT and CIOCASYNCFETCH: first in, first out; a ring of 64; mistakes show when fetched.</summary>
public sealed class LinuxAsyncTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private readonly EmulatedClient _client = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// The pieces of one chained message, started one after the other, come back in order and right: the IV moves on in the order of
    /// submission.
    /// </summary>
    [Fact]
    public void Requests_come_back_in_order()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        byte[] message = [.. Enumerable.Range(0, 32 * 16).Select(i => (byte)i)];
        nint data = _client.Process.Map([.. message]);
        for (int i = 0; i < 32; i++)
        {
            Start(
                    new()
                    {
                        ses = session,
                        len = 16,
                        src = data + (16 * i),
                        dst = data + (16 * i),
                        iv = i == 0 ? _client.Process.Map(16) : 0,
                    }
                )
                .Should()
                .Be(0);
        }

        for (int i = 0; i < 32; i++)
        {
            Fetch(out crypt_op op).Should().Be(0);
            op.src.Should().Be(data + (16 * i));
        }

        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key;
        _client
            .Process.Read(data, 512)
            .Should()
            .Equal(aes.EncryptCbc(message, new byte[16], System.Security.Cryptography.PaddingMode.None));
    }

    [Fact]
    public void Nothing_to_fetch_and_a_full_ring_are_EBUSY()
    {
        TryFetch(out _).Should().Be(LibC.EBUSY);
        _client.File.Poll().Should().Be(LibC.POLLOUT | LibC.POLLWRNORM);
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = _client.Process.Map(16);
        crypt_op op = new()
        {
            ses = session,
            len = 16,
            src = data,
            dst = data,
        };
        for (int i = 0; i < 64; i++)
        {
            Start(op).Should().Be(0);
        }

        Start(op).Should().Be(LibC.EBUSY);
        SpinWait.SpinUntil(() => _client.File.Poll() == (LibC.POLLIN | LibC.POLLRDNORM), Patience.Span).Should().BeTrue();
        Fetch(out _).Should().Be(0);
        (_client.File.Poll() & LibC.POLLOUT).Should().Be(LibC.POLLOUT);
        Start(op).Should().Be(0);
    }

    [Fact]
    public void Mistakes_show_now_or_when_fetched()
    {
        uint session = LinuxEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = _client.Process.Map(16);
        crypt_op good = new()
        {
            ses = session,
            len = 16,
            src = data,
            dst = data,
        };
        Start(good with { flags = COP_FLAG_NO_ZC }).Should().Be(LibC.EINVAL);
        Start(good with { ses = session + 1 }).Should().Be(LibC.EINVAL);
        Start(good with { src = 0x99 }).Should().Be(LibC.EFAULT);
        Start(good with { len = 1 << 30 }).Should().Be(LibC.EFAULT, "for want of memory");
        Start(good with { len = 15 }).Should().Be(0);
        Fetch(out _).Should().Be(LibC.EINVAL);
        Start(good with { dst = data + 1 }).Should().Be(0);
        Fetch(out _).Should().Be(LibC.EFAULT);
        Start(good).Should().Be(0);
        _client.Ioctl(Table.CIOCFSESSION, ref session).Should().Be(0);
        Fetch(out _).Should().Be(0, "a session ends when its work is done");
        _client.Device.Statistics.BytesInFlight.Should().Be(0);
    }

    private int Start(crypt_op op) => _client.Ioctl(Table.CIOCASYNCCRYPT, Table.CryptOp, ref op);

    private int TryFetch(out crypt_op op)
    {
        op = default;
        return _client.Ioctl(Table.CIOCASYNCFETCH, Table.CryptOp, ref op);
    }

    private int Fetch(out crypt_op op)
    {
        crypt_op fetched = default;
        int error = LibC.EBUSY;
        SpinWait.SpinUntil(() => (error = TryFetch(out fetched)) != LibC.EBUSY, Patience.Span);
        op = fetched;
        return error;
    }
}
