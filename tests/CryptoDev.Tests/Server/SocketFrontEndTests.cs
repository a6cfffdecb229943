using System.Runtime.InteropServices;
using CryptoDev.Native;
using CryptoDev.Server.Socket;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Server;

/// <summary>The socket's server against clients that do as the shim does, less, or worse.</summary>
public sealed class SocketFrontEndTests
{
    private const ulong Argument = 0x1000,
        Key = 0x2000,
        Source = 0x3000,
        Destination = 0x5000,
        Iv = 0x7000;
    private static readonly byte[] s_key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
    private static readonly byte[] s_iv = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");
    private static readonly byte[] s_plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    private static readonly byte[] s_cipher = Convert.FromHexString("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_sends_all_and_one_that_sends_nothing_get_the_same(bool sendsAll)
    {
        using SocketClient server = new();
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        result.Should().Be(0);
        uint session = OpenSession(channel, sendsAll);
        Encrypt(channel, session, sendsAll).Should().Equal(s_cipher);
        SpinWait.SpinUntil(() => server.Counter("ioctls") == 2, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        server.Counter("pieces-asked-for").Should().Be(sendsAll ? 0 : 5);
    }

    [Fact]
    public void A_file_ends_with_its_last_descriptor_and_not_with_a_channel()
    {
        using SocketClient server = new();
        SafeFileDescriptorHandle control = server.Connect();
        SafeFileDescriptorHandle first = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        uint session = OpenSession(first, true);
        first.Dispose();
        SpinWait.SpinUntil(() => server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        using SafeFileDescriptorHandle second = SocketClient.AddChannel(control, ShimProtocol.CDS_CHANNEL, out int result);
        result.Should().Be(0);
        Encrypt(second, session, true).Should().Equal(s_cipher);
        server.Counter("files-open").Should().Be(1);
        control.Dispose();
        SpinWait
            .SpinUntil(() => server.Counter("files-open") == 0 && server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds)
            .Should()
            .BeTrue();
        LocalSocket.Receive(second.Descriptor, new byte[16]).Should().BeLessThanOrEqualTo(0, "the server has closed it");
        server.Counter("clients-broken").Should().Be(0);
    }

    [Fact]
    public void Files_and_channels_are_bounded()
    {
        using SocketClient server = new(new SocketFrontEndOptions { FilesPerUser = 2, ChannelsPerFile = 2 });
        List<SafeFileDescriptorHandle> kept = [];
        int[] results = new int[5];
        for (int index = 0; index < 3; index++)
        {
            kept.Add(server.Connect());
            kept.Add(SocketClient.AddChannel(kept[^1], ShimProtocol.CDS_OPEN, out results[index]));
        }

        kept.Add(SocketClient.AddChannel(kept[0], ShimProtocol.CDS_CHANNEL, out results[3]));
        kept.Add(SocketClient.AddChannel(kept[0], ShimProtocol.CDS_CHANNEL, out results[4]));
        results.Should().Equal(0, 0, -LibC.EMFILE, 0, -LibC.EMFILE);
        kept.ForEach(handle => handle.Dispose());
    }

    [Fact]
    public void Who_connects_and_asks_for_nothing_is_counted_too()
    {
        using SocketClient server = new(new SocketFrontEndOptions { FilesPerUser = 2 });
        List<SafeFileDescriptorHandle> silent = [.. Enumerable.Range(0, 100).Select(_ => server.Connect())];
        SpinWait
            .SpinUntil(() => server.Counter("connections-refused") + server.Counter("connections") == 100, FakeKernel.PatienceMilliseconds)
            .Should()
            .BeTrue();
        server.Counter("connections-refused").Should().Be(34, "64 beyond the bound may wait to be told");
        server.Log.Should().HaveCount(34).And.OnlyContain(line => line.Contains("too many connections", StringComparison.Ordinal));
        silent.ForEach(handle => handle.Dispose());

        // Those that went have made room.
        int result = -LibC.EMFILE;
        SpinWait.SpinUntil(() => Opens(server, out result), FakeKernel.PatienceMilliseconds).Should().BeTrue();
        result.Should().Be(0);
    }

    [Fact]
    public void Who_opens_and_closes_all_day_finds_threads_that_are_there()
    {
        int threads = 0;
        using SocketClient server = new(startThread: thread =>
        {
            Interlocked.Increment(ref threads);
            thread.Start();
        });
        for (int i = 0; i < 100; i++)
        {
            Opens(server, out int result).Should().BeTrue();
            result.Should().Be(0);
            SpinWait.SpinUntil(() => server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        }

        // The one that has just ended may not wait yet when the next is wanted, so there is more than one.
        threads.Should().BeLessThan(20);
    }

    [Fact]
    public void Where_no_thread_can_be_had_opening_is_ENFILE_and_the_server_goes_on()
    {
        bool none = true;
        using SocketClient server = new(startThread: thread =>
        {
            if (none)
            {
                throw new OutOfMemoryException("no thread");
            }

            thread.Start();
        });
        Opens(server, out int result).Should().BeFalse();
        result.Should().Be(-LibC.ENFILE);
        SpinWait.SpinUntil(() => server.Counter("files-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        (server.Counter("channels-open"), server.Counter("channels"), server.Counter("clients-broken")).Should().Be((0, 0, 0));
        server.Log.Should().ContainSingle().Which.Should().Contain("no further thread can be started");
        none = false;
        Opens(server, out result).Should().BeTrue();
    }

    [Fact]
    public void The_end_cuts_clients_off_and_takes_the_socket_away()
    {
        SocketClient server = new();
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        OpenSession(channel, true);
        server.Dispose();
        SocketClient.Ioctl(channel, 0, 0, [], false).Should().Be(-LibC.ENOTCONN);
        File.Exists(server.Path).Should().BeFalse();
        server.FrontEnd.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    private static bool Opens(SocketClient server, out int result)
    {
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out result);
        return result == 0;
    }

    private static uint OpenSession(SafeFileDescriptorHandle channel, bool sendsAll)
    {
        byte[] argument = new byte[Marshal.SizeOf<session_op>()];
        session_op open = new()
        {
            cipher = CRYPTO_AES_CBC,
            keylen = 16,
            key = (nint)Key,
        };
        MemoryMarshal.Write(argument, open);
        Dictionary<ulong, byte[]> memory = new() { [Argument] = argument, [Key] = [.. s_key] };
        SocketClient.Ioctl(channel, 0xC0306366, Argument, memory, sendsAll).Should().Be(0);
        memory[Key].Should().Equal(s_key);
        return MemoryMarshal.Read<session_op>(argument).ses;
    }

    private static byte[] Encrypt(SafeFileDescriptorHandle channel, uint session, bool sendsAll)
    {
        byte[] argument = new byte[Marshal.SizeOf<crypt_op>()];
        crypt_op call = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 32,
            src = (nint)Source,
            dst = (nint)Destination,
            iv = (nint)Iv,
        };
        MemoryMarshal.Write(argument, call);
        Dictionary<ulong, byte[]> memory = new()
        {
            [Argument] = argument,
            [Source] = [.. s_plain],
            [Destination] = new byte[32],
            [Iv] = [.. s_iv],
        };
        SocketClient.Ioctl(channel, 0xC0306368, Argument, memory, sendsAll).Should().Be(0);
        return memory[Destination];
    }
}
