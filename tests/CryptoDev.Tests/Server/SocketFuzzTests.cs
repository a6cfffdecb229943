using System.Globalization;
using System.Runtime.InteropServices;
using CryptoDev.Native;
using CryptoDev.Tests.Emulator.Fuzz;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Clients that send anything: the server neither falls nor hangs nor grows, and others are served all the while.</summary>
[Collection(FuzzCollection.Name)]
public sealed class SocketFuzzTests
{
    private static readonly int s_seed = Environment.GetEnvironmentVariable("CRYPTODEV_SEED") is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : Random.Shared.Next();

    private static int Rounds => Environment.GetEnvironmentVariable("CRYPTODEV_LONG") == "1" ? 200_000 : 8_000;

    [Fact]
    public void Messages_of_any_kind_hurt_only_who_sends_them()
    {
        Random random = new(s_seed);
        int before = 0;
        using (SocketClient server = new())
        {
            using SafeFileDescriptorHandle control = server.Connect();
            using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
            using StalledReaders stalled = new();
            for (int round = 0; round < Rounds; round++)
            {
                Misbehave(server, stalled, random);
                if (round % 500 == 0)
                {
                    // 0x8004636A: CIOCASYMFEAT.
                    Dictionary<ulong, byte[]> memory = new() { [0x1000] = new byte[4] };
                    SocketClient.Ioctl(channel, 0x8004636A, 0x1000, memory, sendsAll: false).Should().Be(0, Because(round));
                    stalled.Clear();
                    SpinWait
                        .SpinUntil(
                            () => server.Counter("files-open") == 1 && server.Counter("channels-open") == 1,
                            FakeKernel.PatienceMilliseconds
                        )
                        .Should()
                        .BeTrue(Because(round));
                    int descriptors = Directory.GetFiles("/proc/self/fd").Length;
                    before = before == 0 ? descriptors : before;

                    // Other tests of this process open some of their own.
                    descriptors.Should().BeLessThan(before + 200, Because(round));
                }
            }

            server.Counter("clients-broken").Should().BeGreaterThan(Rounds / 10, Because(Rounds));
        }
    }

    private static string Because(int round) => $"seed {s_seed}, round {round}";

    private static void Misbehave(SocketClient server, StalledReaders stalled, Random random)
    {
        if (random.Next(20) == 0)
        {
            stalled.Add(server, random);
            return;
        }

        using SafeFileDescriptorHandle control = server.Connect();
        switch (random.Next(10))
        {
            case 0:
                SendAnything(control, random);
                return;
            case 1:
                HostileDescriptors.Send(control, control, random);
                return;
            case 2:
                SocketClient.Send(control, SysctlMessages.Bent(random));
                if (random.Next(2) == 0)
                {
                    _ = LocalSocket.TryReceive(control.Descriptor, new byte[1024], out _, out _);
                }

                return;
            default:
                break;
        }

        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        if (result != 0)
        {
            return;
        }

        for (int message = random.Next(4); message >= 0; message--)
        {
            switch (random.Next(6))
            {
                case 0:
                    HostileDescriptors.Send(channel, random.Next(2) == 0 ? control : channel, random);
                    break;
                case 1 or 2:
                    SendAnything(channel, random);
                    break;
                default:
                    SendCall(channel, random);
                    break;
            }
        }

        // Some wait for what comes of it, most are gone before.
        if (random.Next(4) == 0)
        {
            _ = LocalSocket.TryReceive(channel.Descriptor, new byte[4096], out _, out _);
        }
    }

    private static void SendAnything(SafeFileDescriptorHandle socket, Random random)
    {
        byte[] message = new byte[random.Next(1, random.Next(2) == 0 ? 40 : 3000)];
        random.NextBytes(message);
        if (message.Length >= 4 && random.Next(3) > 0)
        {
            MemoryMarshal.Write(message, (uint)random.Next(24));
        }

        SocketClient.Send(socket, message);
    }

    /// <summary>An ioctl that is nearly right, with a part of it bent.</summary>
    private static void SendCall(SafeFileDescriptorHandle channel, Random random)
    {
        uint[] requests =
        [
            0xC0306366,
            0xC0306368,
            0x40046367,
            0xC048636D,
            0xC10C636B,
            0x8004636A,
            0x4030636E,
            0x8030636F,
            0x40086370,
            0xC0046365,
            0xC0906369,
        ];
        cds_segment[] segments = new cds_segment[random.Next(4)];
        int bytes = 0;
        for (int index = 0; index < segments.Length; index++)
        {
            segments[index] = new cds_segment
            {
                address = (ulong)random.Next(1, 20) * 256,
                length = (uint)random.Next(random.Next(3) == 0 ? 0 : 1, 300),
                flags = (uint)random.Next(1, random.Next(4) == 0 ? 16 : 4),
                place = (ulong)random.Next(2),
            };
            bytes +=
                (segments[index].flags & (ShimProtocol.CDS_IN | ShimProtocol.CDS_PLACED)) == ShimProtocol.CDS_IN
                    ? (int)segments[index].length
                    : 0;
        }

        cds_call call = new()
        {
            type = ShimProtocol.CDS_IOCTL,
            request = random.Next(10) == 0 ? (uint)random.Next() : requests[random.Next(requests.Length)],
            argument = segments.Length > 0 ? segments[0].address : 4096,
            segments = random.Next(12) == 0 ? (uint)random.Next(200) : (uint)segments.Length,
            word_size = random.Next(20) == 0 ? (uint)random.Next(16) : 8,
        };
        byte[] input = new byte[random.Next(10) == 0 ? random.Next(1000) : bytes];
        for (int index = 0; index < input.Length; index++)
        {
            input[index] = random.Next(2) == 0 ? (byte)0 : (byte)random.Next(random.Next(3) == 0 ? 256 : 24);
        }

        byte[] message =
        [
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<cds_call>(in call)),
            .. MemoryMarshal.AsBytes(segments.AsSpan()),
            .. input,
        ];
        if (random.Next(6) == 0)
        {
            message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
        }

        SocketClient.Send(channel, message);
    }
}
