using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;
using Table = CryptoDev.Dialects.CryptodevLinuxTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>What one user takes leaves room for others, and always for root.</summary>
public sealed class UserShareTests
{
    private const uint Greedy = 54321;
    private const uint Second = 54322;

    private static readonly byte[] s_key = new byte[16];
    private static readonly DevCryptoEmulatorOptions s_options = new() { Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public void A_file_is_its_users()
    {
        using DevCryptoEmulator device = new(s_options);
        device.Open(Greedy, out EmulatedFile? file).Should().Be(0);
        file!.User.Should().Be(Greedy);
        file.Dispose();
        device.Open(out file).Should().Be(0);
        file!.User.Should().Be(LibC.geteuid());
        file.Dispose();
    }

    [Fact]
    public void One_users_files_leave_room_for_the_next_and_for_root()
    {
        using DevCryptoEmulator device = new(s_options with { Limits = new EmulatorLimits { OpenFiles = 32 } });
        List<EmulatedFile> greedy = OpenAll(device, Greedy);
        greedy.Should().HaveCount(15, "two are kept, and of thirty one user has half");
        OpenAll(device, Second).Should().HaveCount(7);
        OpenAll(device, 0).Should().HaveCount(32 - 15 - 7);
        greedy.ForEach(file => file.Dispose());
        OpenAll(device, Greedy).Should().HaveCount(6, "of thirteen that others leave, no more than stays free");
    }

    [Theory]
    [InlineData(100, 30)]
    [InlineData(50, 15)]
    [InlineData(10, 3)]
    public void The_share_is_what_was_said(int share, int files)
    {
        using DevCryptoEmulator device = new(
            s_options with
            {
                Limits = new EmulatorLimits { OpenFiles = 32, UserShare = share },
            }
        );
        OpenAll(device, Greedy).Should().HaveCount(files);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_share_that_is_none_is_refused(int share) =>
        FluentActions
            .Invoking(() => new DevCryptoEmulator(s_options with { Limits = new EmulatorLimits { UserShare = share } }))
            .Should()
            .Throw<ArgumentOutOfRangeException>();

    /// <summary>However many files the user spreads them over.</summary>
    [Fact]
    public void One_users_sessions_leave_room_for_others()
    {
        using DevCryptoEmulator device = new(
            s_options with
            {
                Limits = new EmulatorLimits { Sessions = 16, SessionsPerFile = 4 },
            }
        );
        Sessions(device, Greedy, files: 16).Should().Be(7, "one is kept, and of fifteen he may hold no more than stays free");
        Sessions(device, Second, files: 16).Should().Be(4);
        Sessions(device, 0, files: 16).Should().Be(16 - 7 - 4);
    }

    /// <summary>A vain attempt counts nothing, not even for a moment.</summary>
    [Fact]
    public void What_is_refused_takes_no_room()
    {
        Quota all = new(100);
        Quota user = Quota.OfUser(all, new UserShare(50));
        Quota file = new(80, user);
        file.TryTake(90).Should().BeFalse("it is more than a file may have");
        file.TryTake(60).Should().BeFalse("it is more than half");
        (file.Taken, user.Taken, all.Taken).Should().Be((0, 0, 0));
        file.TryTake(47).Should().BeTrue();
        file.HasRoom.Should().BeFalse();
        file.TryTake(long.MaxValue).Should().BeFalse();
        file.Give(47);
        (file.Taken, user.Taken, all.Taken).Should().Be((0, 0, 0));
    }

    /// <summary>However many threads take and give at once, nobody has more than there is.</summary>
    [Fact]
    public void Many_threads_never_take_more_than_there_is()
    {
        Quota all = new(1000);
        Quota[] files = [.. Enumerable.Range(0, 8).Select(_ => new Quota(500, Quota.OfUser(all, new UserShare(50))))];
        Parallel.ForEach(
            files,
            file =>
            {
                Random random = new(1);
                for (int i = 0; i < 20_000; i++)
                {
                    int amount = random.Next(400);
                    if (file.TryTake(amount))
                    {
                        all.Taken.Should().BeInRange(amount, 1000 - (1000 / UserShare.KeptPart));
                        file.Give(amount);
                    }
                }
            }
        );
        all.Taken.Should().Be(0);
    }

    private static List<EmulatedFile> OpenAll(DevCryptoEmulator device, uint user)
    {
        List<EmulatedFile> files = [];
        int error;
        while ((error = device.Open(user, out EmulatedFile? file)) == 0)
        {
            files.Add(file!);
        }

        error.Should().Be(LibC.ENFILE);
        return files;
    }

    private static int Sessions(DevCryptoEmulator device, uint user, int files)
    {
        int sessions = 0;
        for (int i = 0; i < files; i++)
        {
            EmulatedClient client = new(device, new ForeignProcess(), user);
            while (TryCreate(client) == 0)
            {
                sessions++;
            }
        }

        return sessions;
    }

    private static int TryCreate(EmulatedClient client)
    {
        Linux.session_op op = new()
        {
            cipher = Linux.CRYPTO_AES_CBC,
            keylen = (uint)s_key.Length,
            key = client.Process.Map(s_key),
        };
        return client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref op);
    }
}
