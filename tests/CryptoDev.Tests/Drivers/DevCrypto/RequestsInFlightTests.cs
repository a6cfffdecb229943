using System.Collections.Concurrent;
using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>Submitted requests: inside the kernel where it takes them without waiting, on workers elsewhere, and right in both.</summary>
public sealed class RequestsInFlightTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    public static TheoryData<string, string?> Cases =>
        new()
        {
            { "cryptodev-linux", "CIOCASYNCCRYPT" },
            { "netbsd 10", "CIOCNCRYPTM" },
            { "freebsd 14", null },
            { "openbsd 2014", null },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_awaited_request_gets_its_own_result(string form, string? start)
    {
        using DeviceUnderWatch watch = new(form);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        watch.Channel.Calls.Clear();
        using Aes aes = Aes.Create();
        aes.Key = s_key;
        (CryptRequest Request, byte[] Expected)[] all =
        [
            .. Enumerable
                .Range(1, 100)
                .Select(i =>
                {
                    byte[] message = RandomNumberGenerator.GetBytes(16 * i);
                    byte[] iv = RandomNumberGenerator.GetBytes(16);
                    return (
                        new CryptRequest
                        {
                            Source = message,
                            Destination = new byte[message.Length],
                            Iv = iv,
                        },
                        aes.EncryptCbc(message, iv, PaddingMode.None)
                    );
                }),
        ];
        Task<int>[] runs = [.. all.Select(one => session.ProcessAsync(one.Request).AsTask())];
        int[] written = await Task.WhenAll(runs).WaitAsync(Patience.Span);
        written.Should().Equal(all.Select(one => one.Expected.Length));
        all.All(one => one.Request.Destination.Span.SequenceEqual(one.Expected) && one.Request.State == CryptRequestState.Succeeded)
            .Should()
            .BeTrue();
        if (start is not null)
        {
            watch.Channel.Count(DeviceUnderWatch.Ioctl(form, start)).Should().BePositive("the kernel takes them without waiting");
        }

        session.Statistics.Operations.Should().Be(100);
    }

    [Theory]
    [InlineData("cryptodev-linux", "CIOCASYNCCRYPT")]
    [InlineData("netbsd 10", "CIOCNCRYPTM")]
    public void Digests_and_callbacks_come_back_once(string form, string start)
    {
        using DeviceUnderWatch watch = new(form);
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        ConcurrentBag<CryptRequest> done = [];
        using CountdownEvent left = new(50);
        for (int i = 0; i < 50; i++)
        {
            byte[] message = new byte[i];
            session.Submit(
                new CryptRequest
                {
                    Source = message,
                    Tag = new byte[20],
                    TagAction = TagAction.Compute,
                    Cookie = message,
                    Completed = request =>
                    {
                        done.Add(request);
                        left.Signal();
                    },
                }
            );
        }

        left.Wait(Patience.Span).Should().BeTrue();
        done.Should().HaveCount(50).And.OnlyHaveUniqueItems();
        done.Should()
            .OnlyContain(request => request.Error == null && request.Tag.ToArray().SequenceEqual(SHA1.HashData((byte[])request.Cookie!)));
        watch.Channel.Count(DeviceUnderWatch.Ioctl(form, start)).Should().BePositive();
    }

    [Fact]
    public async Task A_module_without_asynchronous_calls_is_asked_once()
    {
        IoctlInfo start = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCASYNCCRYPT");
        using DeviceUnderWatch watch = new("cryptodev-linux", instead: (request, _) => request == start.Code() ? -LibC.EINVAL : null);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        for (int i = 0; i < 5; i++)
        {
            (
                await session.ProcessAsync(
                    new CryptRequest
                    {
                        Source = new byte[16],
                        Destination = new byte[16],
                        Iv = new byte[16],
                    }
                )
            ).Should().Be(16);
        }

        watch.Channel.Count(start).Should().Be(1);
    }

    [Fact]
    public async Task One_refused_request_does_not_end_asynchronous_calls_of_a_device_that_has_taken_some()
    {
        IoctlInfo start = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCASYNCCRYPT");
        int asked = 0;
        using DeviceUnderWatch watch = new(
            "cryptodev-linux",
            instead: (request, _) => request == start.Code() && ++asked == 2 ? -LibC.EINVAL : null
        );
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        for (int i = 0; i < 4; i++)
        {
            (
                await session.ProcessAsync(
                    new CryptRequest
                    {
                        Source = new byte[16],
                        Destination = new byte[16],
                        Iv = new byte[16],
                    }
                )
            ).Should().Be(16);
        }

        watch.Channel.Count(start).Should().Be(4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Memory_that_cannot_be_pinned_fails_its_request_and_costs_no_session(bool isSource)
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        for (int i = 0; i < 3; i++)
        {
            using UnpinnableMemory memory = new();
            using PinnedMemory other = new();
            CryptRequest request = new()
            {
                Source = isSource ? memory.Memory : other.Memory,
                Destination = isSource ? other.Memory : memory.Memory,
                Iv = new byte[16],
            };
            await FluentActions
                .Awaiting(() => session.ProcessAsync(request).AsTask().WaitAsync(Patience.Span))
                .Should()
                .ThrowAsync<NotSupportedException>();
            request.State.Should().Be(CryptRequestState.Failed);
            other.Pins.Should().Be(0);
        }

        (
            await session.ProcessAsync(
                new CryptRequest
                {
                    Source = new byte[16],
                    Destination = new byte[16],
                    Iv = new byte[16],
                }
            )
        ).Should().Be(16);
        watch.Emulator.Statistics.OpenSessions.Should().Be(1, "the one kernel session came back each time");
    }

    [Fact]
    public async Task A_full_ring_sends_a_request_to_a_worker()
    {
        IoctlInfo start = DeviceUnderWatch.Ioctl("cryptodev-linux", "CIOCASYNCCRYPT");
        using DeviceUnderWatch watch = new("cryptodev-linux", instead: (request, _) => request == start.Code() ? -LibC.EBUSY : null);
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        for (int i = 0; i < 3; i++)
        {
            (
                await session.ProcessAsync(
                    new CryptRequest
                    {
                        Source = new byte[16],
                        Destination = new byte[16],
                        Iv = new byte[16],
                    }
                )
            ).Should().Be(16);
        }

        watch.Channel.Count(start).Should().Be(3, "there may be room the next time");
    }

    [Fact]
    public async Task An_operation_that_fails_in_the_kernel_fails_its_request_alone()
    {
        IoctlInfo start = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCNCRYPTRETM");
        using DeviceUnderWatch watch = new("netbsd 10");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        bool spoil = true;
        watch.Channel.Afterwards = (request, argument) =>
        {
            if (request == start.Code() && spoil)
            {
                spoil = false;
                SetStatus((nint)BitConverter.ToInt64(argument, 8), LibC.EIO);
            }
        };
        CryptRequest bad = new()
        {
            Source = new byte[16],
            Destination = new byte[16],
            Iv = new byte[16],
        };
        (await FluentActions.Awaiting(async () => await session.ProcessAsync(bad)).Should().ThrowAsync<CryptoDevException>())
            .Which.Errno.Should()
            .Be(LibC.EIO);
        (
            await session.ProcessAsync(
                new CryptRequest
                {
                    Source = new byte[16],
                    Destination = new byte[16],
                    Iv = new byte[16],
                }
            )
        ).Should().Be(16);
        session.Statistics.Failures.Should().Be(1);
    }

    [Fact]
    public async Task A_device_that_goes_away_ends_what_is_in_flight()
    {
        IoctlInfo fetch = DeviceUnderWatch.Ioctl("netbsd 10", "CIOCNCRYPTRETM");
        using ManualResetEventSlim all = new();
        using DeviceUnderWatch watch = new(
            "netbsd 10",
            instead: (request, _) =>
            {
                if (request != fetch.Code())
                {
                    return null;
                }

                all.Wait(Patience.Span);
                return -LibC.ENOTCONN;
            }
        );
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        Task<int>[] runs =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ =>
                    session
                        .ProcessAsync(
                            new CryptRequest
                            {
                                Source = new byte[16],
                                Destination = new byte[16],
                                Iv = new byte[16],
                            }
                        )
                        .AsTask()
                ),
        ];
        all.Set();
        foreach (Task<int> run in runs)
        {
            (await FluentActions.Awaiting(() => run.WaitAsync(Patience.Span)).Should().ThrowAsync<CryptoDevException>()).WithMessage(
                "*the device is gone*"
            );
        }
    }

    [Fact]
    public async Task A_request_that_does_not_fit_is_refused_as_elsewhere()
    {
        using DeviceUnderWatch watch = new("netbsd 10");
        using Session session = watch.Cipher(CryptoAlgorithm.AesCbc, s_key);
        CryptRequest odd = new()
        {
            Source = new byte[17],
            Destination = new byte[32],
            Iv = new byte[16],
        };
        await FluentActions.Awaiting(async () => await session.ProcessAsync(odd)).Should().ThrowAsync<ArgumentException>();
        CryptRequest noIv = new() { Source = new byte[16], Destination = new byte[16] };
        await FluentActions.Awaiting(async () => await session.ProcessAsync(noIv)).Should().ThrowAsync<ArgumentException>();
    }

    private sealed class UnpinnableMemory : System.Buffers.MemoryManager<byte>
    {
        private readonly byte[] _bytes = new byte[16];

        public override Span<byte> GetSpan() => _bytes;

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("it moves");

        public override void Unpin() => throw new NotSupportedException("it was not pinned");

        protected override void Dispose(bool disposing) { }
    }

    /// <summary>Counts who holds it.</summary>
    private sealed unsafe class PinnedMemory : System.Buffers.MemoryManager<byte>
    {
        private readonly byte[] _bytes = GC.AllocateArray<byte>(16, pinned: true);

        public int Pins { get; private set; }

        public override Span<byte> GetSpan() => _bytes;

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0)
        {
            Pins++;
            return new System.Buffers.MemoryHandle(
                (void*)(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, elementIndex)),
                pinnable: this
            );
        }

        public override void Unpin() => Pins--;

        protected override void Dispose(bool disposing) { }
    }

    // The result stands in this process.
    private static unsafe void SetStatus(nint result, int status) => ((int*)result)[1] = status;
}
