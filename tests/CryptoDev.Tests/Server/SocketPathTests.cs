using System.Runtime.Versioning;
using CryptoDev.Native;
using CryptoDev.Server;
using CryptoDev.Server.Socket;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>A socket's place: only what is ours is made, changed and removed, whatever others put there.</summary>
[SupportedOSPlatform("linux")]
public sealed class SocketPathTests : IDisposable
{
    private static readonly int s_mode600 = Convert.ToInt32("600", 8);
    private static readonly int s_mode666 = Convert.ToInt32("666", 8);

    private readonly string _folder = Directory.CreateTempSubdirectory("cryptodev-").FullName;

    private string Socket => Path.Combine(_folder, "s");

    private string Lock => Socket + ".lock";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_its_mode_from_the_first_moment_and_leaves_nothing()
    {
        using (SocketPath path = SocketPath.Listen(Socket, s_mode666, null))
        {
            File.GetUnixFileMode(Socket).Should().Be((UnixFileMode)s_mode666);
            Directory.GetFileSystemEntries(_folder).Should().BeEquivalentTo([Socket, Lock]);
            using SafeFileDescriptorHandle? client = LocalSocket.Connect(Socket, out _);
            client.Should().NotBeNull();
            path.Remove();
            path.Remove();
        }

        Directory.GetFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Fact]
    public void A_live_server_is_named_even_when_its_socket_was_taken_away()
    {
        using SocketPath first = SocketPath.Listen(Socket, s_mode600, null);
        string us = $"*in use*process {Environment.ProcessId} *";
        Listening().Should().Throw<FrontEndException>().WithMessage(us).Which.Failure.Should().Be(FrontEndFailure.InputOutput);
        File.Delete(Socket);
        Listening().Should().Throw<FrontEndException>().WithMessage(us);

        // And when its lock was taken away, which no server of ours does.
        first.Remove();
        first.Dispose();
        using SafeFileDescriptorHandle foreign = LocalSocket.Listen(Socket, out _)!;
        Listening().Should().Throw<FrontEndException>().WithMessage(us);
        File.Exists(Socket).Should().BeTrue();
    }

    [Fact]
    public void What_another_put_in_its_place_stays_at_the_end()
    {
        using SocketPath first = SocketPath.Listen(Socket, s_mode600, null);
        File.Delete(Socket);
        File.Delete(Lock);
        using SocketPath second = SocketPath.Listen(Socket, s_mode600, null);
        first.Remove();
        first.Dispose();
        using SafeFileDescriptorHandle? client = LocalSocket.Connect(Socket, out _);
        client.Should().NotBeNull("it is the second server's");
        File.Exists(Lock).Should().BeTrue();

        File.Delete(Socket);
        File.WriteAllText(Socket, "a file");
        second.Remove();
        File.ReadAllText(Socket).Should().Be("a file");
    }

    [Fact]
    public void What_a_dead_server_left_is_replaced_and_no_other_file_is()
    {
        LocalSocket.Listen(Socket, out _)!.Dispose();
        File.WriteAllText(Lock, "999999\n");
        using (SocketPath path = SocketPath.Listen(Socket, s_mode600, null))
        {
            path.Remove();
        }

        File.WriteAllText(Socket, "a file");
        Listening().Should().Throw<FrontEndException>().WithMessage("*no socket*");
        File.ReadAllText(Socket).Should().Be("a file");
        File.Delete(Socket);
        File.CreateSymbolicLink(Socket, "/dev/null");
        Listening().Should().Throw<FrontEndException>().WithMessage("*no socket*");
        Directory.GetFileSystemEntries(_folder).Should().Equal(Socket);
    }

    [Fact]
    public void What_has_the_name_of_its_lock_is_not_opened()
    {
        string victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "a longer text than a number");
        File.CreateSymbolicLink(Lock, victim);
        Listening().Should().Throw<FrontEndException>().WithMessage("*no lock file*");
        File.Delete(Lock);
        File.CreateSymbolicLink(Lock, Path.Combine(_folder, "not-there"));
        Listening().Should().Throw<FrontEndException>().WithMessage("*no lock file*");
        File.Delete(Lock);
        File.Move(victim, Lock);
        Listening().Should().Throw<FrontEndException>().WithMessage("*no lock file*");
        File.ReadAllText(Lock).Should().Be("a longer text than a number");
        Directory.GetFileSystemEntries(_folder).Should().Equal(Lock);
    }

    [Fact]
    public async Task A_link_that_is_put_in_its_place_meanwhile_leads_no_mode_elsewhere()
    {
        string victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "");
        File.SetUnixFileMode(victim, (UnixFileMode)s_mode600);
        using CancellationTokenSource done = new();
        Task swapper = OwnThreads.Start(() => Swap(victim, done.Token));
        for (int round = 0; round < 300; round++)
        {
            try
            {
                using SocketPath path = SocketPath.Listen(Socket, s_mode666, null);
                path.Remove();
            }
            catch (FrontEndException)
            {
                // The link is there already.
            }

            File.Delete(Socket);
        }

        await done.CancelAsync();
        await swapper;
        File.GetUnixFileMode(victim).Should().Be((UnixFileMode)s_mode600);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/tmp/folder/")]
    [InlineData(null)]
    public void A_path_that_is_none_is_a_mistake_of_the_caller(string? path) =>
        FluentActions
            .Invoking(() => SocketPath.Listen(path ?? new string('x', 200), s_mode600, null))
            .Should()
            .Throw<FrontEndException>()
            .Which.Failure.Should()
            .Be(FrontEndFailure.Usage);

    private Action Listening() => () => SocketPath.Listen(Socket, s_mode600, null).Dispose();

    private void Swap(string victim, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            try
            {
                File.Move(Socket, Path.Combine(_folder, "old"), overwrite: true);
                File.CreateSymbolicLink(Socket, victim);
            }
            catch (IOException)
            {
                // Not there yet.
            }
        }
    }
}
