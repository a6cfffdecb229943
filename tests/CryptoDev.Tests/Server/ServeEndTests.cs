using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Tests.Cli;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Server;

/// <summary>A server as a process of its own, told to end at bad moments.</summary>
public sealed class ServeEndTests : FolderTests
{
    private const ulong Argument = 0x10000;
    private static readonly TimeSpan s_patience = Patience.Span;

    /// <summary>Nobody reads its lines: ioctls go on, and so does the end.</summary>
    [Fact]
    public void A_full_stderr_holds_neither_an_ioctl_nor_the_end()
    {
        using Process server = Start("-v");
        using SafeFileDescriptorHandle control = Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        for (int i = 0; i < 3000; i++)
        {
            // Some 50 bytes a line: more than twice what a pipe holds.
            SocketClient.Ioctl(channel, 0x1234, Argument, [], sendsAll: true).Should().Be(-LibC.EINVAL);
        }

        Signal(server, "USR1");
        SocketClient.Ioctl(channel, 0x1234, Argument, [], sendsAll: true).Should().Be(-LibC.EINVAL);
        Signal(server, "TERM");
        server.WaitForExit(s_patience).Should().BeTrue();
        server.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData(1, "1", 0)]
    [InlineData(2, "3600", 128 + 15)]
    public async Task A_running_power_does_not_hold_the_end(int signals, string stopTime, int exitCode)
    {
        using Process server = Start("--stop-time", stopTime);
        Task<string> counted = Task.Run(() => ReadUntil(server.StandardError, "counter keys-running 1"));
        using SafeFileDescriptorHandle control = Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);

        // The server looks at its drivers before the first operation, which is no power yet.
        Dictionary<ulong, byte[]> features = new() { [Argument] = new byte[sizeof(uint)] };
        SocketClient.Ioctl(channel, Table.CIOCASYMFEAT.Code(WordSize.LP64), Argument, features, sendsAll: true).Should().Be(0);

        // One after the other, because on a fast machine a single one may be done before it is seen.
        Task<int> powers = Task.Run(() =>
        {
            int result = 0;
            while (result == 0)
            {
                result = Power(channel);
            }

            return result;
        });
        Stopwatch since = Stopwatch.StartNew();
        while (!counted.IsCompleted && since.Elapsed < s_patience)
        {
            powers.IsCompleted.Should().BeFalse("nothing ends them yet");
            Signal(server, "USR1");
            await Task.WhenAny(counted, Task.Delay(200));
        }

        Signal(server, "TERM");
        for (int i = 1; i < signals || (signals > 1 && !server.HasExited && since.Elapsed < s_patience); i++)
        {
            // Two of a kind that wait at once are one to the kernel, so the second is sent until it is seen.
            await Task.Delay(20);
            _ = CommandRun.Foreign("kill", Folder, "-TERM", $"{server.Id}");
        }

        server.WaitForExit(s_patience).Should().BeTrue();
        server.ExitCode.Should().Be(exitCode);
        // Cut off, or not begun.
        (await powers)
            .Should()
            .BeOneOf(-LibC.ENOTCONN, -LibC.ENODEV);
    }

    [Fact]
    public void A_result_that_nobody_fetches_does_not_hold_the_end()
    {
        using Process server = Start();
        using SafeFileDescriptorHandle control = Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        Dictionary<ulong, byte[]> memory = new() { [Argument] = new byte[Table.SessionOp.Size(WordSize.LP64)], [0x20000] = new byte[16] };
        Linux.session_op create = new()
        {
            cipher = Linux.CRYPTO_AES_CBC,
            keylen = 16,
            key = 0x20000,
        };
        Table.SessionOp.Encode(create, memory[Argument], WordSize.LP64);
        SocketClient.Ioctl(channel, Table.CIOCGSESSION.Code(WordSize.LP64), Argument, memory, true).Should().Be(0);
        uint session = Table.SessionOp.Decode(memory[Argument], WordSize.LP64).ses;
        memory = new()
        {
            [Argument] = new byte[Table.CryptOp.Size(WordSize.LP64)],
            [0x30000] = new byte[16],
            [0x40000] = new byte[1 << 16],
        };
        Linux.crypt_op op = new()
        {
            ses = session,
            len = 1 << 16,
            src = 0x40000,
            dst = 0x40000,
            iv = 0x30000,
        };
        Table.CryptOp.Encode(op, memory[Argument], WordSize.LP64);
        SocketClient.Ioctl(channel, Table.CIOCASYNCCRYPT.Code(WordSize.LP64), Argument, memory, false).Should().Be(0);
        Signal(server, "TERM");
        server.WaitForExit(s_patience).Should().BeTrue();
        server.ExitCode.Should().Be(0);
    }

    /// <summary>The option is one of the emulated device, which this command line makes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-LibC.EINVAL, "--refuse-equal-xts-halves")]
    public void An_option_refuses_XTS_keys_with_equal_halves(int expected, params string[] options)
    {
        using Process server = Start(options);
        using SafeFileDescriptorHandle control = Connect();
        using SafeFileDescriptorHandle channel = SocketClient.AddChannel(control, ShimProtocol.CDS_OPEN, out _);
        Dictionary<ulong, byte[]> memory = new() { [Argument] = new byte[Table.SessionOp.Size(WordSize.LP64)], [0x20000] = new byte[32] };
        Linux.session_op create = new()
        {
            cipher = Linux.CRYPTO_AES_XTS,
            keylen = 32,
            key = 0x20000,
        };
        Table.SessionOp.Encode(create, memory[Argument], WordSize.LP64);
        SocketClient.Ioctl(channel, Table.CIOCGSESSION.Code(WordSize.LP64), Argument, memory, true).Should().Be(expected);
        Signal(server, "TERM");
        server.WaitForExit(s_patience).Should().BeTrue();
        server.ExitCode.Should().Be(0);
    }

    /// <summary>The server is a process of its own, so that its memory can be read from outside.</summary>
    [Fact]
    public void Memory_of_results_that_nobody_reads_goes_back_to_the_system()
    {
        const int Length = 16 << 20;
        const int Clients = 4;
        using Process server = Start();
        Run(1, 1 << 20, reads: true);
        long before = Resident(server);
        Run(Clients, Length, reads: true);
        SpinWait.SpinUntil(() => Resident(server) < before + Length, s_patience).Should().BeTrue("results that were read leave nothing");
        List<SafeFileDescriptorHandle> unread = Run(Clients, Length, reads: false);
        Resident(server).Should().BeGreaterThan(before + ((Clients - 1) * Length), "the server holds what nobody has read");
        unread.ForEach(socket => socket.Dispose());
        SpinWait.SpinUntil(() => Resident(server) < before + Length, s_patience).Should().BeTrue("results that nobody read leave nothing");
        Signal(server, "TERM");
        server.WaitForExit(s_patience).Should().BeTrue();

        List<SafeFileDescriptorHandle> Run(int clients, int length, bool reads)
        {
            List<SafeFileDescriptorHandle> sockets = [];
            for (int i = 0; i < clients; i++)
            {
                sockets.Add(Connect());
                sockets.Add(SocketClient.AddChannel(sockets[^1], ShimProtocol.CDS_OPEN, out _));
                SocketMessages.Encrypt(sockets[^1], length, reads).Should().Be(0);
            }

            if (reads)
            {
                sockets.ForEach(socket => socket.Dispose());
            }

            return sockets;
        }
    }

    /// <summary>Bytes of the process in memory.</summary>
    private static long Resident(Process process) =>
        long.Parse(File.ReadAllText($"/proc/{process.Id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static int Power(SafeFileDescriptorHandle channel)
    {
        const int Bits = 16384;
        Dictionary<ulong, byte[]> memory = new() { [Argument] = new byte[Table.CryptKop.Size(WordSize.LP64)] };
        Linux.crypt_kop op = new() { crk_iparams = 3, crk_oparams = 1 };
        for (int i = 0; i < 4; i++)
        {
            ulong address = (ulong)(i + 2) << 20;
            memory[address] = RandomNumberGenerator.GetBytes(Bits / 8);

            // Even, the slow kind.
            memory[address][0] &= 0xFE;
            memory[address][^1] = (byte)(i == 2 ? 0xFF : 0x7F);
            op.crk_param[i] = new() { crp_p = (nint)address, crp_nbits = Bits };
        }

        Table.CryptKop.Encode(op, memory[Argument], WordSize.LP64);
        return SocketClient.Ioctl(channel, Table.CIOCKEY.Code(WordSize.LP64), Argument, memory, false);
    }

    private static string ReadUntil(StreamReader lines, string wanted)
    {
        string? line;
        do
        {
            line = lines.ReadLine();
        } while (line is not null && line != wanted);

        _ = Task.Run(lines.ReadToEnd);
        return line ?? throw new InvalidOperationException($"The server never said '{wanted}'.");
    }

    private Process Start(params string[] options)
    {
        ProcessStartInfo start = new(CommandFile.Path, ["serve", "--socket", PathOf("socket"), "--driver", "software", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process server = Process.Start(start)!;
        server.StandardOutput.ReadLine().Should().StartWith("ready: ");
        return server;
    }

    private SafeFileDescriptorHandle Connect() => LocalSocket.Connect(PathOf("socket"), out _)!;

    private void Signal(Process process, string signal) =>
        CommandRun.Foreign("kill", Folder, $"-{signal}", $"{process.Id}").ExitCode.Should().Be(0);
}
