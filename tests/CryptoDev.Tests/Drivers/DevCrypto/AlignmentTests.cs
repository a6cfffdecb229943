using System.Buffers.Binary;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// A kernel that works on copies, page by page, where an address misses its alignmask: XTS would start anew on each page. So a message that
/// is one data unit runs on an aligned copy there, and only there.
/// </summary>
public sealed class AlignmentTests
{
    private const int Mask = 15;
    private const int Page = 4096;

    private static readonly byte[] s_iv = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly IoctlInfo s_crypt = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCCRYPT");

    [Theory]
    [InlineData("aes-xts", 16)]
    [InlineData("aes-xts", Page)]
    [InlineData("aes-xts", Page + 16)]
    [InlineData("aes-xts", (2 * Page) + 5)]
    [InlineData("aes-xts", 70_000)]
    [InlineData("aes-cbc", 3 * Page)]
    [InlineData("aes-ctr", (2 * Page) + 7)]
    public void Every_offset_is_right(string name, int length)
    {
        using DeviceUnderWatch watch = Aligned();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        byte[] key = s_key[..algorithm.KeySizes.Default];
        using Session session = watch.Cipher(algorithm, key);
        using Session software = watch.Device.CreateSession(session.Parameters, DriverPolicy.SoftwareOnly);
        byte[] message = new byte[length];
        new Random(length).NextBytes(message);
        byte[] right = new byte[length];
        software.Process(CryptOp.Encrypt(message, right, s_iv));
        byte[] from = GC.AllocateArray<byte>(length + 32, pinned: true);
        byte[] to = GC.AllocateArray<byte>(length + 32, pinned: true);
        for (int source = 0; source < 16; source += 3)
        {
            for (int target = 0; target < 16; target += 5)
            {
                message.CopyTo(from.AsSpan(source));
                to.AsSpan().Fill(0xEE);
                Span<byte> output = to.AsSpan(target, length);
                session.Process(CryptOp.Encrypt(from.AsSpan(source, length), output, s_iv));
                output.SequenceEqual(right).Should().BeTrue("{0} bytes from {1} to {2}", length, source, target);
                to.AsSpan(target + length).ContainsAnyExcept((byte)0xEE).Should().BeFalse("nothing is written behind it");
                session.Process(CryptOp.Decrypt(output, output, s_iv));
                output.SequenceEqual(message).Should().BeTrue("{0} bytes back, in place at {1}", length, target);
            }
        }
    }

    [Fact]
    public unsafe void The_copy_is_made_only_where_it_is_needed_and_is_zeroed()
    {
        using DeviceUnderWatch watch = Aligned();
        using Session session = watch.Cipher(CryptoAlgorithm.AesXts, s_key);
        byte[] buffer = GC.AllocateArray<byte>((2 * Page) + 32, pinned: true);
        new Random(1).NextBytes(buffer);
        int aligned;
        long address;
        fixed (byte* start = buffer)
        {
            aligned = (int)(-(nint)start & Mask);
            address = (long)start + aligned;
        }

        session.Process(CryptOp.Encrypt(buffer.AsSpan(aligned, 2 * Page), buffer.AsSpan(aligned, 2 * Page), s_iv));
        Last(watch).Should().Be((address, address), "an aligned message stays where it is");
        session.Process(CryptOp.Encrypt(buffer.AsSpan(aligned + 1, Page), buffer.AsSpan(aligned + 1, Page), s_iv));
        Last(watch).Should().Be((address + 1, address + 1), "a page is one piece for the kernel too");
        session.Process(CryptOp.Encrypt(buffer.AsSpan(aligned + 1, 2 * Page), buffer.AsSpan(aligned + 1, 2 * Page), s_iv));
        (long source, long target) = Last(watch);
        source.Should().NotBe(address + 1);
        target.Should().Be(source);
        (source & Mask).Should().Be(0);
        new Span<byte>((void*)source, 2 * Page).ContainsAnyExcept((byte)0).Should().BeFalse("the copy held plaintext");
    }

    /// <summary>The worker of the kernel cannot copy from a process that is not its own, so such a request is not handed to it.</summary>
    [Fact]
    public async Task A_request_in_flight_waits_on_a_worker_of_ours()
    {
        using DeviceUnderWatch watch = Aligned();
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key[..16]);
        byte[] output = new byte[64];
        await session.ProcessAsync(
            new CryptRequest
            {
                Source = new byte[64],
                Destination = output,
                Iv = s_iv,
            }
        );
        watch.Channel.Count(DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCASYNCCRYPT")).Should().Be(0);
        watch.Channel.Count(s_crypt).Should().Be(1);
        using System.Security.Cryptography.Aes aes = System.Security.Cryptography.Aes.Create();
        aes.Key = s_key[..16];
        output.Should().Equal(aes.EncryptCbc(new byte[64], s_iv, System.Security.Cryptography.PaddingMode.None));
    }

    private static DeviceUnderWatch Aligned() => new("cryptodev-linux", change: options => options with { AlignMask = Mask });

    private static (long Source, long Destination) Last(DeviceUnderWatch watch)
    {
        byte[] sent = watch.Channel.Of(s_crypt)[^1];
        return (BinaryPrimitives.ReadInt64LittleEndian(sent.AsSpan(16)), BinaryPrimitives.ReadInt64LittleEndian(sent.AsSpan(24)));
    }
}
