using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Server;
using CryptoDev.Server.Socket;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Clients that try to stop the server for everybody else.</summary>
[SupportedOSPlatform("linux")]
public sealed class SocketAttackTests
{
    private static readonly DevCryptoEmulatorOptions s_netBsd = new() { Dialect = DialectInfo.NetBsd, Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public async Task Descriptors_of_a_client_are_not_taken_and_end_its_connection()
    {
        using SocketClient server = new();
        using SafeFileDescriptorHandle control = server.Connect();
        LocalSocket.TryPair(out SafeFileDescriptorHandle? kept, out SafeFileDescriptorHandle? sent);
        LocalSocket.Send(control.Descriptor, SocketClient.Hello(ShimProtocol.CDS_OPEN), sent!.Descriptor);
        sent.Dispose();
        LocalSocket.Receive(control.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0, "the connection is cut");
        LocalSocket.Receive(kept!.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0, "the server keeps no copy, and sent nothing");
        server.Counter("clients-broken").Should().Be(1);
        (await server.OpensAsync()).Should().Be(0);
        kept.Dispose();
    }

    [Fact]
    public async Task A_kernel_that_can_refuse_descriptors_is_asked_to()
    {
        using SocketClient server = new(refusesDescriptors: true);
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        result.Should().Be(0, "the server may send its own");
        LocalSocket.TryPair(out SafeFileDescriptorHandle? one, out SafeFileDescriptorHandle? other);
        bool refuses = LocalSocket.RefuseDescriptors(other!.Descriptor);
        LocalSocket.TrySend(control.Descriptor, [1], one!.Descriptor).Should().Be(!refuses);
        if (!refuses)
        {
            SpinWait.SpinUntil(() => server.Counter("clients-broken") > 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        }

        LocalSocket.TrySend(channel.Descriptor, [1], one.Descriptor).Should().Be(!refuses);
        one.Dispose();
        other.Dispose();
        (await server.OpensAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_descriptor_that_lingers_holds_up_nobody()
    {
        SocketClient server = new(new SocketFrontEndOptions { FilesPerUser = 2 });
        List<SafeFileDescriptorHandle> kept = [];
        byte[] hello = SocketClient.Hello(ShimProtocol.CDS_OPEN);
        SafeFileDescriptorHandle peer = HostileDescriptors.SendLingering(Connect, hello);
        LocalSocket.Receive(kept[^1].Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0, "the connection is cut");
        (await server.OpensAsync()).Should().Be(0);

        // Who has too many connections is refused on the accepting thread too.
        for (int index = 0; index < 66; index++)
        {
            Connect();
        }

        SafeFileDescriptorHandle another = HostileDescriptors.SendLingering(Connect, hello);
        LocalSocket.Receive(kept[^1].Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0);

        // The end comes though the close has not come back.
        Task end = Task.Run(() => server.FrontEnd.Stop(Deadline.After(TimeSpan.FromMilliseconds(200))));
        await end.WaitAsync(TimeSpan.FromMilliseconds(FakeKernel.PatienceMilliseconds));
        peer.Dispose();
        another.Dispose();
        kept.ForEach(connection => connection.Dispose());
        server.Dispose();

        SafeFileDescriptorHandle Connect()
        {
            kept.Add(server.Connect());
            return kept[^1];
        }
    }

    [Fact]
    public async Task A_descriptor_that_lingers_in_a_channel_holds_up_that_channel()
    {
        using SocketClient server = new();
        List<SafeFileDescriptorHandle> kept = [];
        SafeFileDescriptorHandle peer = HostileDescriptors.SendLingering(
            () =>
            {
                kept.Add(server.Connect());
                kept.Add(SocketClient.AddChannel(kept[^1], ShimProtocol.CDS_OPEN, out _));
                return kept[^1];
            },
            [1, 2, 3]
        );
        kept.ForEach(socket => socket.Dispose());
        for (int round = 0; round < 5; round++)
        {
            (await server.OpensAsync()).Should().Be(0);
        }

        peer.Dispose();
        SpinWait.SpinUntil(() => server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
    }

    [Fact]
    public async Task Two_thousand_foreign_sockets_leave_no_channel_and_no_thread()
    {
        using SocketClient server = new();
        for (int file = 0; file < 16; file++)
        {
            using SafeFileDescriptorHandle control = server.Connect();
            using SafeFileDescriptorHandle netlink = HostileDescriptors.Netlink();
            int[] many = [.. Enumerable.Repeat(netlink.Descriptor, 128)];
            LocalSocket.TrySend(control.Descriptor, SocketClient.Hello(ShimProtocol.CDS_OPEN), many);
        }

        SpinWait.SpinUntil(() => server.Counter("clients-broken") == 16, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        server.Counter("channels").Should().Be(0);
        (await server.OpensAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_client_that_asks_and_never_reads_is_cut_off()
    {
        using SocketClient server = new(new SocketFrontEndOptions { ChannelsPerFile = 2 });
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        byte[] hello = SocketClient.Hello(ShimProtocol.CDS_CHANNEL);
        int asked = 0;
        SpinWait
            .SpinUntil(
                () =>
                {
                    asked += StalledReaders.Ask(control, hello, 1000);
                    return server.Counter("files-open") == 0;
                },
                FakeKernel.PatienceMilliseconds
            )
            .Should()
            .BeTrue("its answers filled the socket after {0} questions", asked);
        (await server.OpensAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Who_connects_and_says_nothing_has_a_deadline_and_who_opened_has_none()
    {
        using SocketClient server = new(helloPatience: TimeSpan.FromMilliseconds(300));
        using SafeFileDescriptorHandle silent = server.Connect();
        LocalSocket.Receive(silent.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0);
        server.Counter("connections-timed-out").Should().Be(1);
        SpinWait.SpinUntil(() => server.Counter("files-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();

        SafeFileDescriptorHandle control = server.Connect();
        SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        if (result == 0)
        {
            await Task.Delay(1000);
            using SafeFileDescriptorHandle second = SocketClient.AddChannel(control, ShimProtocol.CDS_CHANNEL, out result);
            result.Should().Be(0);
        }

        channel.Dispose();
        control.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Another_protocol_is_refused_by_name(int version)
    {
        using SocketClient server = new();
        using SafeFileDescriptorHandle control = server.Connect();
        SocketClient.Send(control, SocketClient.Hello(ShimProtocol.CDS_OPEN, version));
        using SafeFileDescriptorHandle channel = SocketClient.TakeChannel(control, out int result);
        result.Should().Be(-LibC.EPROTO);
        LocalSocket.Receive(control.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0);
        server.Log.Should().ContainSingle().Which.Should().Contain($"protocol {version}").And.Contain("shim");

        // As shim 1 says it, with one end of a pair.
        using SafeFileDescriptorHandle old = server.Connect();
        LocalSocket.TryPair(out SafeFileDescriptorHandle? ours, out SafeFileDescriptorHandle? theirs);
        LocalSocket.Send(old.Descriptor, SocketClient.Hello(ShimProtocol.CDS_OPEN, version), theirs!.Descriptor);
        theirs.Dispose();
        LocalSocket.Receive(ours!.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0, "it is told by the end of its channel");
        server.Log.Should().HaveCount(2);
        ours.Dispose();
    }

    [Fact]
    public void Results_that_find_no_memory_are_ENOMEM_and_cost_nobody_else()
    {
        using SocketClient server = new(new SocketFrontEndOptions { SharedBytesPerUser = 256 << 10 });
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        SocketMessages.Encrypt(channel, 1 << 20).Should().Be(-LibC.ENOMEM);
        SocketMessages.Encrypt(channel, 64 << 10).Should().Be(0, "what was kept is given back");
        SocketMessages.Encrypt(channel, 1 << 20).Should().Be(-LibC.ENOMEM);
    }

    [Fact]
    public async Task The_end_comes_with_two_hundred_channels_and_clients_that_never_read()
    {
        SocketClient server = new(new SocketFrontEndOptions { ChannelsPerFile = 200 });
        using SafeFileDescriptorHandle control = server.Connect();
        List<SafeFileDescriptorHandle> channels = [SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _)];
        for (int index = 1; index < 200; index++)
        {
            channels.Add(SocketClient.AddChannel(control, ShimProtocol.CDS_CHANNEL, out _));
        }

        // Half of them ask until the server's answers find no room.
        byte[] question = StalledReaders.Question(new Random(1));
        SpinWait
            .SpinUntil(
                () => channels.Take(100).Sum(channel => StalledReaders.Ask(channel, question, 1000)) == 0,
                FakeKernel.PatienceMilliseconds
            )
            .Should()
            .BeTrue();
        Task end = Task.Run(() => server.FrontEnd.Stop(Deadline.After(TimeSpan.FromSeconds(2))));
        await end.WaitAsync(TimeSpan.FromMilliseconds(FakeKernel.PatienceMilliseconds));
        SpinWait.SpinUntil(() => server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        channels.ForEach(channel => channel.Dispose());
        server.Dispose();
    }

    [RootFact]
    public void Who_may_not_connect_is_refused_whatever_the_path_lets_in()
    {
        using SocketClient server = new();
        File.SetUnixFileMode(server.Path, (UnixFileMode)511);
        OtherUser.Run(OtherUser.Nobody, () => Opens(server)).Should().Be(-LibC.EACCES);
        Opens(server).Should().Be(0);
        server.Log.Should().ContainSingle().Which.Should().Contain("user 65534");
    }

    [RootFact]
    public void One_user_cannot_take_all_channels()
    {
        using SocketClient server = new(
            new SocketFrontEndOptions
            {
                Mode = 511,
                Channels = 32,
                ChannelsPerUser = 16,
            }
        );
        List<SafeFileDescriptorHandle> kept = [];
        (int taken, int refusal) = OtherUser.Run(OtherUser.Nobody, () => TakeAll(server, kept));
        (taken, refusal).Should().Be((16, -LibC.ENFILE));
        OtherUser.Run(OtherUser.Nobody - 1, () => Opens(server)).Should().Be(0, "another user has his own");
        (taken, _) = OtherUser.Run(OtherUser.Nobody - 1, () => TakeAll(server, kept));
        taken.Should().BeLessThan(15, "together they leave some for root");
        Opens(server).Should().Be(0);
        kept.ForEach(handle => handle.Dispose());
        SpinWait.SpinUntil(() => server.Counter("channels-open") == 0, FakeKernel.PatienceMilliseconds).Should().BeTrue();
        OtherUser.Run(OtherUser.Nobody, () => Opens(server)).Should().Be(0, "what was taken has been given back");
    }

    [RootFact]
    public void Only_root_sets_a_switch_and_all_who_may_connect_read_it()
    {
        using SocketClient server = new(new SocketFrontEndOptions { Mode = 511 }, s_netBsd);
        OtherUser
            .Run(OtherUser.Nobody, () => SysctlMessages.Send(server, SysctlMessages.Number("kern.usercrypto", 0))!.Value.Result)
            .Should()
            .Be(-LibC.EPERM);
        OtherUser
            .Run(OtherUser.Nobody, () => SysctlMessages.Send(server, SysctlMessages.Number("kern.usercrypto"))!.Value.Value)
            .Should()
            .Equal([4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "eight bytes tell its length");
        OtherUser.Run(OtherUser.Nobody, () => Opens(server)).Should().Be(0, "nothing was set");
        SysctlMessages.Send(server, SysctlMessages.Number("kern.usercrypto", 0))!.Value.Result.Should().Be(0);
        Opens(server).Should().Be(-LibC.ENXIO);
        SysctlMessages.Send(server, SysctlMessages.Number("kern.usercrypto", 1))!.Value.Result.Should().Be(0);
        Opens(server).Should().Be(0);
        server.Log.Should().HaveCount(3);
        server.Log.First().Should().Contain("of user 65534 may not set kern.usercrypto");
        server.Log.Last().Should().Contain("of user 0 set kern.usercrypto");
        server.Counter("clients-broken").Should().Be(0);
    }

    [RootFact]
    public void Who_may_not_connect_is_told_no_sysctl()
    {
        using SocketClient server = new(emulator: s_netBsd);
        File.SetUnixFileMode(server.Path, (UnixFileMode)511);
        OtherUser
            .Run(OtherUser.Nobody, () => SysctlMessages.Send(server, SysctlMessages.Number("kern.usercrypto"))!.Value)
            .Should()
            .BeEquivalentTo((-LibC.EACCES, Array.Empty<byte>()));
    }

    /// <summary>Each differs from a message that sets the switch in one thing. None is answered, and none sets anything.</summary>
    [Fact]
    public async Task A_sysctl_whose_lengths_are_wrong_is_not_answered()
    {
        using SocketClient server = new(emulator: s_netBsd);
        byte[] right = SysctlMessages.Number("kern.usercrypto", 0);
        cds_sysctl asked = MemoryMarshal.Read<cds_sysctl>(right.AsSpan(16));
        byte[] name = right[48..63];
        byte[] fresh = new byte[4];
        byte[][] bent =
        [
            right[..^1],
            [.. right, 0],
            right[..48],
            right[..17],
            SysctlMessages.Ask(asked with { flags = 7 }, name, fresh),
            SysctlMessages.Ask(asked with { flags = ShimProtocol.CDS_OLD }, name, fresh),
            SysctlMessages.Ask(asked with { flags = ShimProtocol.CDS_NEW }, name, fresh),
            SysctlMessages.Ask(asked with { word_size = 0 }, name, fresh),
            SysctlMessages.Ask(asked with { word_size = 16 }, name, fresh),
            SysctlMessages.Ask(asked with { name_length = 0 }, name, fresh),
            SysctlMessages.Ask(asked with { name_length = 16 }, name, fresh),
            SysctlMessages.Ask(asked with { name_length = uint.MaxValue }, name, fresh),
            SysctlMessages.Ask(asked with { name_length = 65 }, new byte[65], fresh),
            SysctlMessages.Ask(asked with { numbers = 2 }, name, fresh),
            SysctlMessages.Ask(asked with { numbers = 0x4000_0001, name_length = 4 }, new byte[4], fresh),
            SysctlMessages.Ask(asked with { new_length = 5 }, name, fresh),
            SysctlMessages.Ask(asked with { new_length = ulong.MaxValue }, name, fresh),
            SysctlMessages.Ask(asked with { new_length = 600 }, name, new byte[600]),
            [.. SocketClient.Hello(ShimProtocol.CDS_SYSCTL)],
        ];
        for (int index = 0; index < bent.Length; index++)
        {
            SysctlMessages.Send(server, bent[index]).Should().BeNull($"message {index} is wrong");
            server.Counter("clients-broken").Should().Be(index + 1);
        }

        (await server.OpensAsync()).Should().Be(0, "the switch is as it was");

        // As long as it may be, and longer than any value.
        byte[] longest = SysctlMessages.Ask(asked with { name_length = 64, new_length = ulong.MaxValue }, new byte[64], new byte[512]);
        SysctlMessages.Send(server, longest)!.Value.Result.Should().Be(-LibC.ENOENT);
        SysctlMessages
            .Send(server, SysctlMessages.Ask(asked with { new_length = 512 }, name, new byte[512]))!
            .Value.Result.Should()
            .Be(LibC.geteuid() == 0 ? -LibC.EINVAL : -LibC.EPERM);
        server.Counter("clients-broken").Should().Be(bent.Length);
    }

    [Fact]
    public async Task A_sysctl_is_a_connection_of_its_own_and_brings_no_descriptor()
    {
        using SocketClient server = new(emulator: s_netBsd);
        byte[] message = SysctlMessages.Number("kern.usercrypto");
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        SocketClient.Send(control, message);
        LocalSocket.Receive(channel.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0, "its file has ended");
        using SafeFileDescriptorHandle other = server.Connect();
        LocalSocket.Send(other.Descriptor, message, control.Descriptor);
        LocalSocket.Receive(other.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0);
        server.Counter("clients-broken").Should().Be(2);

        // One question, one answer: the second finds the end.
        using SafeFileDescriptorHandle asks = server.Connect();
        SocketClient.Send(asks, message);
        LocalSocket.Receive(asks.Descriptor, new byte[64]).Should().Be(32 + 8 + 4);
        LocalSocket.Receive(asks.Descriptor, new byte[64]).Should().BeLessThanOrEqualTo(0);
        (await server.OpensAsync()).Should().Be(0);
    }

    private static (int Taken, int Refusal) TakeAll(SocketClient server, List<SafeFileDescriptorHandle> kept)
    {
        for (int taken = 0; ; taken++)
        {
            kept.Add(server.Connect());
            kept.Add(SocketClient.AddChannel(kept[^1], ShimProtocol.CDS_OPEN, out int result));
            if (result != 0)
            {
                return (taken, result);
            }
        }
    }

    private static int Opens(SocketClient server)
    {
        using SafeFileDescriptorHandle control = server.Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
        return result;
    }
}
