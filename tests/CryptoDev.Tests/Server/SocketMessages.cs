using System.Runtime.InteropServices;
using CryptoDev.Native;
using FluentAssertions;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Server;

/// <summary>Operations of a client that offers no place for results, so that the server has to keep them.</summary>
internal static class SocketMessages
{
    private const ulong Argument = 0x1000,
        Key = 0x2000,
        Iv = 0x7000,
        Source = 0x10000000,
        Destination = 0x20000000;

    /// <summary>Encrypts so many bytes of zero in a session of its own; the ioctl's result.</summary>
    public static int Encrypt(SafeFileDescriptorHandle channel, int length, bool readsResults = true)
    {
        byte[] session = new byte[Marshal.SizeOf<session_op>()];
        MemoryMarshal.Write(
            session,
            new session_op
            {
                cipher = CRYPTO_AES_CBC,
                keylen = 16,
                key = (nint)Key,
            }
        );
        Dictionary<ulong, byte[]> memory = new() { [Argument] = session, [Key] = new byte[16] };
        SocketClient.Ioctl(channel, 0xC0306366, Argument, memory, sendsAll: false).Should().Be(0);
        byte[] call = new byte[Marshal.SizeOf<crypt_op>()];
        MemoryMarshal.Write(
            call,
            new crypt_op
            {
                ses = MemoryMarshal.Read<session_op>(session).ses,
                op = COP_ENCRYPT,
                len = (uint)length,
                src = (nint)Source,
                dst = (nint)Destination,
                iv = (nint)Iv,
            }
        );
        memory = new()
        {
            [Argument] = call,
            [Source] = new byte[length],
            [Destination] = new byte[length],
            [Iv] = new byte[16],
        };
        return SocketClient.Ioctl(channel, 0xC0306368, Argument, memory, sendsAll: false, readsResults);
    }
}
