using System.Buffers.Binary;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// What a joint session of a cipher and a MAC cannot say runs on two more, opened when first needed: failures and ends at that moment.
/// </summary>
public sealed class CipherAndMacApartTests
{
    private static readonly uint s_create = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCGSESSION").Code();
    private static readonly uint s_free = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCFSESSION").Code();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kernel_without_room_for_them_leaves_nothing_and_is_asked_again(bool isCipher)
    {
        bool isFull = false;
        using DeviceUnderWatch watch = new(
            "cryptodev-linux",
            instead: (request, sent) => isFull && request == s_create && IsOneOfTwo(sent, isCipher) ? -LibC.ENOMEM : null
        );
        using (Session session = Open(watch))
        {
            isFull = true;
            FluentActions.Invoking(() => ProcessNothing(session)).Should().Throw<CryptoDevException>().Which.Errno.Should().Be(LibC.ENOMEM);
            watch.Emulator.Statistics.OpenSessions.Should().Be(1, "of the two, neither stays without the other");
            isFull = false;
            ProcessNothing(session);
            watch.Emulator.Statistics.OpenSessions.Should().Be(3);
        }

        watch.Device.Dispose();
        watch.Channel.IsClosed.Should().BeTrue("nothing holds the device open");
    }

    [Fact]
    public async Task A_session_disposed_while_they_are_opened_leaves_none()
    {
        Session? session = null;
        Task? end = null;
        bool ends = false;
        using ManualResetEventSlim ending = new();
        using DeviceUnderWatch watch = new(
            "cryptodev-linux",
            instead: (request, sent) =>
            {
                if (Volatile.Read(ref ends) && request == s_free)
                {
                    ending.Set();
                }
                else if (session is not null && !ends && request == s_create && IsOneOfTwo(sent, isCipher: true))
                {
                    // Far enough that the joint session is being freed.
                    Volatile.Write(ref ends, true);
                    end = Task.Run(session.Dispose);
                    ending.Wait();
                }

                return null;
            }
        );
        session = Open(watch);
        Exception? outcome = Record.Exception(() => ProcessNothing(session));
        (outcome is null or ObjectDisposedException).Should().BeTrue($"it is processed or too late, and was: {outcome}");
        await end!;
        watch.Emulator.Statistics.OpenSessions.Should().Be(0);
        watch.Device.Dispose();
        watch.Channel.IsClosed.Should().BeTrue();
    }

    private static Session Open(DeviceUnderWatch watch)
    {
        using CryptoKey key = new(new byte[16]);
        return watch.Open(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCbc, key),
                new CryptoTransform(CryptoAlgorithm.HmacSha256, key),
                MacOrder.MacPlaintext
            )
        );
    }

    /// <summary>The kernel refuses an empty message to a joint session.</summary>
    private static void ProcessNothing(Session session) => session.Process(CryptOp.Seal(new byte[16], [], [], new byte[32]));

    private static bool IsOneOfTwo(ReadOnlySpan<byte> sessionOp, bool isCipher)
    {
        uint cipher = BinaryPrimitives.ReadUInt32LittleEndian(sessionOp);
        uint mac = BinaryPrimitives.ReadUInt32LittleEndian(sessionOp[4..]);
        return isCipher ? mac == 0 : cipher == 0;
    }
}
