using System.Collections.Concurrent;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Linux = CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Emulator;

/// <summary>Key operations wait for their turn, and what waits for nobody is dropped.</summary>
public sealed class KeyPoolTests : IDisposable
{
    private static readonly TimeSpan s_patience = Patience.Span;

    private readonly DevCryptoEmulator _device = new(
        new DevCryptoEmulatorOptions
        {
            Policy = DriverPolicy.SoftwareOnly,
            Limits = new EmulatorLimits { KeysAtOnce = 1 },
        }
    );

    private readonly Blocker _blocker = new();

    public void Dispose()
    {
        _blocker.Release();
        _device.Dispose();
    }

    [Fact]
    public void Users_take_turns_and_so_do_the_files_of_each()
    {
        KeyPool pool = Open(0).Kernel.Keys;
        EmulatedFile[] files = [Open(1), Open(1), Open(2)];
        pool.TryAdd(files[0], _blocker).Should().Be(0);
        _blocker.AwaitRunning();
        ConcurrentQueue<string> order = new();
        foreach (string name in new[] { "a1", "a2", "a3", "b1", "b2", "c1", "c2" })
        {
            pool.TryAdd(files[name[0] - 'a'], new Named(name, order)).Should().Be(0);
        }

        pool.Waiting.Should().Be(7);
        _blocker.Release();
        SpinWait.SpinUntil(() => order.Count == 7, s_patience).Should().BeTrue();
        order.Should().Equal("a1", "c1", "b1", "c2", "a2", "b2", "a3");
    }

    [Fact]
    public void No_more_are_computed_at_once_than_was_said()
    {
        KeyPool pool = new(2);
        EmulatedFile file = Open(0);
        int running = 0;
        int most = 0;
        ConcurrentQueue<string> order = new();
        for (int i = 0; i < 50; i++)
        {
            pool.TryAdd(
                    file,
                    new Named("", order)
                    {
                        OnRun = () =>
                        {
                            most = Math.Max(most, Interlocked.Increment(ref running));
                            Thread.Sleep(1);
                            Interlocked.Decrement(ref running);
                        },
                    }
                )
                .Should()
                .Be(0);
        }

        SpinWait.SpinUntil(() => order.Count == 50, s_patience).Should().BeTrue();
        most.Should().BeLessThanOrEqualTo(2);
        pool.End();
        pool.TryAdd(file, _blocker).Should().Be(LibC.ENODEV);
    }

    [Fact]
    public async Task A_caller_who_has_gone_is_not_computed_for()
    {
        using EmulatedClient client = new(_device, new ForeignProcess());
        Occupy(client.File);
        Task<int> call = Task.Run(() => Power(client));
        await Task.Run(() => SpinWait.SpinUntil(() => _device.Statistics.KeyOperationsWaiting == 1, s_patience).Should().BeTrue());
        _device.Statistics.KeyOperationsRunning.Should().Be(1);
        client.Process.IsGone = true;
        (await call).Should().Be(LibC.EINTR);
        (_device.Statistics.KeyOperationsWaiting, _device.Statistics.BytesInFlight).Should().Be((0, 0));
    }

    [Fact]
    public async Task What_waits_when_the_device_ends_is_ENODEV()
    {
        using EmulatedClient client = new(_device, new ForeignProcess());
        Occupy(client.File);
        Task<int> call = Task.Run(() => Power(client));
        await Task.Run(() => SpinWait.SpinUntil(() => _device.Statistics.KeyOperationsWaiting == 1, s_patience).Should().BeTrue());
        _device.Dispose();
        (await call).Should().Be(LibC.ENODEV);
    }

    /// <summary>One client's closed file takes its waiting work along, and what was counted for it.</summary>
    [Fact]
    public void What_waits_for_a_closed_file_is_dropped()
    {
        using DevCryptoEmulator device = new(
            new DevCryptoEmulatorOptions
            {
                Dialect = DialectInfo.NetBsd,
                Policy = DriverPolicy.SoftwareOnly,
                Limits = new EmulatorLimits { KeysAtOnce = 1 },
            }.AllowingSoftware()
        );
        using EmulatedClient other = new(device, new ForeignProcess());
        EmulatedClient client = new(device, new ForeignProcess(), user: 7);
        other.File.Kernel.Keys.TryAdd(other.File, _blocker).Should().Be(0);
        _blocker.AwaitRunning();
        NetBsd.crypt_n_kop power = NetBsdCodec.EncodeElement(CryptodevLinuxCodec.Decode(EmulatedKeyTests.Power(client)));
        nint array = NetBsdManyTests.Put(client, NetBsdTable.CryptNKop, [power, power, power]);
        NetBsd.crypt_mkop op = new() { count = 3, reqs = array };
        client.Ioctl(NetBsdTable.CIOCNFKEYM, NetBsdTable.CryptMkop, ref op).Should().Be(0);
        EmulatorStatistics held = device.Statistics;
        (held.RequestsInFlight, held.KeyOperationsWaiting).Should().Be((3, 3));
        held.BytesInFlight.Should().BePositive();
        client.Dispose();
        EmulatorStatistics left = device.Statistics;
        (left.RequestsInFlight, left.KeyOperationsWaiting, left.BytesInFlight).Should().Be((0, 0, 0));
    }

    private static int Power(EmulatedClient client)
    {
        Linux.crypt_kop op = EmulatedKeyTests.Power(client);
        return client.Ioctl(CryptodevLinuxTable.CIOCKEY, CryptodevLinuxTable.CryptKop, ref op);
    }

    private void Occupy(EmulatedFile file)
    {
        file.Kernel.Keys.TryAdd(file, _blocker).Should().Be(0);
        _blocker.AwaitRunning();
    }

    private EmulatedFile Open(uint user)
    {
        _device.Open(user, out EmulatedFile? file).Should().Be(0);
        return file!;
    }

    private sealed class Blocker : IKeyTurn
    {
        private readonly ManualResetEventSlim _running = new();
        private readonly ManualResetEventSlim _released = new();

        public void Run()
        {
            _running.Set();
            _released.Wait();
        }

        public void Drop(int error) { }

        public void AwaitRunning() => _running.Wait(s_patience).Should().BeTrue();

        public void Release() => _released.Set();
    }

    private sealed class Named(string name, ConcurrentQueue<string> order) : IKeyTurn
    {
        public Action? OnRun { get; init; }

        public void Run()
        {
            OnRun?.Invoke();
            order.Enqueue(name);
        }

        public void Drop(int error) { }
    }
}
