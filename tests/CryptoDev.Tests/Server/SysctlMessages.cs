using System.Runtime.InteropServices;
using System.Text;
using CryptoDev.Native;

namespace CryptoDev.Tests.Server;

/// <summary>The sysctls of a client, right and bent.</summary>
internal static class SysctlMessages
{
    /// <summary>A message: the hello, what is asked, the name, the new value.</summary>
    public static byte[] Ask(cds_sysctl asked, ReadOnlySpan<byte> name, ReadOnlySpan<byte> fresh) =>
        [
            .. SocketClient.Hello(ShimProtocol.CDS_SYSCTL),
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<cds_sysctl>(in asked)),
            .. name,
            .. fresh,
        ];

    /// <summary>A message that asks for an int, and sets it where <paramref name="fresh"/> is given.</summary>
    public static byte[] Number(string name, int? fresh = null) =>
        Ask(
            new cds_sysctl
            {
                room = sizeof(int),
                new_length = fresh is null ? 0u : sizeof(int),
                flags = ShimProtocol.CDS_OLD | (fresh is null ? 0 : ShimProtocol.CDS_NEW),
                name_length = (uint)name.Length,
                word_size = 8,
            },
            Encoding.ASCII.GetBytes(name),
            fresh is null ? [] : BitConverter.GetBytes(fresh.Value)
        );

    /// <summary>Asks on a connection of its own. Null: the server has ended it without an answer.</summary>
    public static (int Result, byte[] Value)? Send(SocketClient server, byte[] message)
    {
        using SafeFileDescriptorHandle control = server.Connect();
        SocketClient.Send(control, message);
        byte[] answer = new byte[1024];
        int length = LocalSocket.Receive(control.Descriptor, answer);
        if (length < Marshal.SizeOf<cds_reply>())
        {
            return null;
        }

        cds_reply reply = MemoryMarshal.Read<cds_reply>(answer);
        return reply.type != ShimProtocol.CDS_VALUE ? null : (reply.result, answer[Marshal.SizeOf<cds_reply>()..length]);
    }

    /// <summary>A sysctl that is nearly right, with a part of it bent.</summary>
    public static byte[] Bent(Random random)
    {
        string[] names = ["kern.usercrypto", "kern.cryptodevallowsoft", "kern.crypto_stats", "kern.nothing", "k"];
        byte[] name = random.Next(3) switch
        {
            0 => MemoryMarshal.AsBytes<int>([1, random.Next(60)]).ToArray(),
            1 => new byte[random.Next(80)],
            _ => Encoding.ASCII.GetBytes(names[random.Next(names.Length)]),
        };
        byte[] fresh = new byte[random.Next(4) == 0 ? random.Next(600) : random.Next(9)];
        random.NextBytes(fresh);
        cds_sysctl asked = new()
        {
            room = random.Next(4) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(300),
            new_length = random.Next(8) == 0 ? (ulong)random.NextInt64() : (ulong)fresh.Length,
            flags = (uint)random.Next(random.Next(8) == 0 ? 16 : 4),
            numbers = random.Next(3) == 0 ? (uint)random.Next(4) : 0,
            name_length = random.Next(8) == 0 ? (uint)random.Next() : (uint)name.Length,
            word_size = random.Next(8) == 0 ? (uint)random.Next(10) : 8,
        };
        byte[] message = Ask(asked, name, fresh);
        return random.Next(4) == 0 ? message[..random.Next(1, message.Length + 1)] : message;
    }
}
