using System.Runtime.InteropServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Server;

/// <summary>Counts what the whole process allocates, so nothing else may run.</summary>
[Collection(nameof(CuseCostTests))]
public sealed class SocketCostTests
{
    private const ulong Argument = 0x1000,
        Source = 0x3000,
        Destination = 0x5000,
        Iv = 0x7000;
    private const int Warm = 2000;
    private const int Counted = 10000;

    [Fact]
    public void An_ioctl_takes_one_message_each_way_and_allocates_nothing()
    {
        using SocketClient server = new();
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        byte[] call = Call(OpenSession(channel));
        byte[] reply = new byte[4096];
        Run(channel, call, reply, Warm);

        // The smallest object per ioctl would be 24 bytes.
        CuseCostTests.Allocated(() => Run(channel, call, reply, Counted)).Should().BeLessThan(Counted * 12);
    }

    private static uint OpenSession(SafeFileDescriptorHandle channel)
    {
        byte[] argument = new byte[Marshal.SizeOf<session_op>()];
        MemoryMarshal.Write(
            argument,
            new session_op
            {
                cipher = CRYPTO_AES_CBC,
                keylen = 16,
                key = 0x2000,
            }
        );
        Dictionary<ulong, byte[]> memory = new() { [Argument] = argument, [0x2000] = new byte[16] };
        SocketClient.Ioctl(channel, 0xC0306366, Argument, memory, sendsAll: true).Should().Be(0);
        return MemoryMarshal.Read<session_op>(argument).ses;
    }

    /// <summary>64 bytes of AES-CBC as the shim asks for them.</summary>
    private static byte[] Call(uint session)
    {
        crypt_op op = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = (nint)Source,
            dst = (nint)Destination,
            iv = (nint)Iv,
        };
        cds_segment[] segments =
        [
            new()
            {
                address = Argument,
                length = (uint)Marshal.SizeOf<crypt_op>(),
                flags = ShimProtocol.CDS_IN | ShimProtocol.CDS_OUT,
            },
            new()
            {
                address = Source,
                length = 64,
                flags = ShimProtocol.CDS_IN,
            },
            new()
            {
                address = Iv,
                length = 16,
                flags = ShimProtocol.CDS_IN,
            },
            new()
            {
                address = Destination,
                length = 64,
                flags = ShimProtocol.CDS_OUT,
            },
        ];
        cds_call call = new()
        {
            type = ShimProtocol.CDS_IOCTL,
            request = 0xC0306368,
            argument = Argument,
            segments = (uint)segments.Length,
            word_size = 8,
        };
        return
        [
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<cds_call>(in call)),
            .. MemoryMarshal.AsBytes<cds_segment>(segments),
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<crypt_op>(in op)),
            .. new byte[80],
        ];
    }

    private static void Run(SafeFileDescriptorHandle channel, byte[] call, byte[] reply, int count)
    {
        for (int index = 0; index < count; index++)
        {
            SocketClient.Send(channel, call);
            int length = LocalSocket.Receive(channel.Descriptor, reply);
            cds_reply head = MemoryMarshal.Read<cds_reply>(reply);
            if (
                head.type != ShimProtocol.CDS_DONE
                || head.result != 0
                || head.count != 0
                || length != Marshal.SizeOf<cds_reply>() + Marshal.SizeOf<crypt_op>() + 64
            )
            {
                throw new InvalidOperationException(
                    $"ioctl {index}: type {head.type}, result {head.result}, {head.count} messages more, {length} bytes."
                );
            }
        }
    }
}
