using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>
/// One sysctl of a client: the message is checked, the emulator is asked, and the answer is sent. It waits for nothing, so the accepting
/// thread may do it.
/// </summary>
internal static class SysctlExchange
{
    /// <summary>The bytes of the longest message, the hello included.</summary>
    public const int LongestMessage = HelloHead + AskedHead + ShimProtocol.CDS_NAME_MOST + ShimProtocol.CDS_VALUE_MOST;

    private const int HelloHead = 16;
    private const int AskedHead = 32;
    private const int ReplyHead = 32;

    /// <summary>Answers a message. Only root sets anything: the user id is the one that the connection was made with.</summary>
    /// <returns>False: the message breaks the protocol, and nothing was done.</returns>
    public static bool Serve(Connection connection, ReadOnlySpan<byte> message, DevCryptoEmulator emulator, Action<string> log)
    {
        if (!TryRead(message, isPrivileged: connection.User == 0, out SysctlCall call))
        {
            return false;
        }

        Span<byte> answer = stackalloc byte[ReplyHead + sizeof(ulong) + ShimProtocol.CDS_VALUE_MOST];
        int error = LibC.EACCES;
        int length = 0;
        ulong told = 0;
        if (!connection.IsRefused)
        {
            error = emulator.Sysctl(in call, answer[(ReplyHead + sizeof(ulong))..], out length, out told, out Sysctl? found);
            if (call.Sets && error is 0 or LibC.EPERM)
            {
                log($"process {connection.Process} of user {connection.User} {(error == 0 ? "set" : "may not set")} {found!.Name}");
            }
        }

        cds_reply reply = new()
        {
            type = ShimProtocol.CDS_VALUE,
            result = -error,
            length = (uint)length,
        };
        MemoryMarshal.Write(answer, reply);
        MemoryMarshal.Write(answer[ReplyHead..], told);
        int size = error is 0 or LibC.ENOMEM ? ReplyHead + sizeof(ulong) + length : ReplyHead;
        _ = LocalSocket.TrySend(connection.Socket.Descriptor, answer[..size]);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> message, bool isPrivileged, out SysctlCall call)
    {
        call = default;
        if (message.Length < HelloHead + AskedHead)
        {
            return false;
        }

        cds_sysctl asked = MemoryMarshal.Read<cds_sysctl>(message[HelloHead..]);
        const uint Known = ShimProtocol.CDS_OLD | ShimProtocol.CDS_NEW;
        bool reads = (asked.flags & ShimProtocol.CDS_OLD) != 0;
        bool sets = (asked.flags & ShimProtocol.CDS_NEW) != 0;
        bool isSound =
            (asked.flags & ~Known) == 0
            && asked.word_size is 4 or 8
            && asked.name_length is > 0 and <= ShimProtocol.CDS_NAME_MOST
            && (asked.numbers == 0 || asked.name_length == (ulong)asked.numbers * sizeof(int))
            && (reads || asked.room == 0)
            && (sets || asked.new_length == 0);
        int sent = (int)Math.Min(asked.new_length, ShimProtocol.CDS_VALUE_MOST);
        if (!isSound || message.Length != HelloHead + AskedHead + (int)asked.name_length + sent)
        {
            return false;
        }

        ReadOnlySpan<byte> name = message.Slice(HelloHead + AskedHead, (int)asked.name_length);
        call = new SysctlCall
        {
            Name = asked.numbers == 0 ? name : default,
            Numbers = asked.numbers == 0 ? default : MemoryMarshal.Cast<byte, int>(name),
            WordSize = asked.word_size == 4 ? WordSize.ILP32 : WordSize.LP64,
            Reads = reads,
            Room = asked.room,
            Sets = sets,
            NewLength = asked.new_length,
            NewValue = message[(HelloHead + AskedHead + name.Length)..],
            IsPrivileged = isPrivileged,
        };
        return true;
    }
}
