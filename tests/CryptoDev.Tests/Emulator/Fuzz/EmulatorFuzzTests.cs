using System.Globalization;
using System.Runtime.CompilerServices;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using Xunit.Abstractions;

namespace CryptoDev.Tests.Emulator.Fuzz;

/// <summary>
/// Hostile input, every form of every dialect, both word sizes: no crash, no hang, an errno that the dialect knows, and when all is closed
/// nothing is left. A failure names its seed; CRYPTODEV_SEED sets it, CRYPTODEV_LONG=1 runs twenty times as many.
/// </summary>
[Collection(FuzzCollection.Name)]
public sealed class EmulatorFuzzTests(ITestOutputHelper output)
{
    private const int RandomRequests = 70_000;
    private const int StructuredRequests = 240_000;
    private const int Threads = 4;

    private static readonly int s_scale = Environment.GetEnvironmentVariable("CRYPTODEV_LONG") is { Length: > 0 } ? 20 : 1;

    public static TheoryData<string, string> Forms =>
        new()
        {
            { "linux", "cryptodev-linux" },
            { "netbsd", "netbsd 7" },
            { "netbsd", "netbsd 10" },
            { "freebsd", "freebsd 12" },
            { "freebsd", "freebsd 13" },
            { "freebsd", "freebsd 14" },
            { "openbsd", "openbsd 2002" },
            { "openbsd", "openbsd 2014" },
        };

    /// <summary>Requests and arguments as they come, with pointers that sometimes hit.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Random_requests_do_no_harm(string dialect, string form) =>
        Run(dialect, form, RandomRequests, static (attack, random) => attack.Random(random));

    /// <summary>
    /// Structs that make sense, on sessions that exist, from several threads that share open files, some of which are closed meanwhile.
    /// </summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Sensible_requests_in_any_order_do_no_harm(string dialect, string form) =>
        Run(dialect, form, StructuredRequests, static (attack, random) => attack.Structured(random));

    private void Run(string dialect, string form, int requests, Action<Attack, Random> attack)
    {
        int seed = Environment.GetEnvironmentVariable("CRYPTODEV_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
        string context = $"{form}, CRYPTODEV_SEED={seed}";
        output.WriteLine(context);
        DevCryptoEmulatorOptions options = new DevCryptoEmulatorOptions
        {
            Dialect = DialectInfo.Parse(dialect),
            Form = form,
            Policy = DriverPolicy.SoftwareOnly,
            Limits = new EmulatorLimits
            {
                OpenFiles = 40,
                SessionsPerFile = 60,
                Sessions = 500,
                RequestsPerFile = 30,
                Requests = 200,
                BytesPerFile = 4 << 20,
                Bytes = 16 << 20,
            },
        }.AllowingSoftware();
        using DevCryptoEmulator device = new(options);

        // The first round fills pools and caches; what grows in the second grows for ever.
        Round(device, requests / 2, seed, attack, context);
        Footprint before = Footprint.Take();
        Round(device, requests * s_scale, seed + 1000, attack, context);
        Footprint after = Footprint.Take();

        EmulatorStatistics left = device.Statistics;
        (left.OpenFiles, left.OpenSessions, left.RequestsInFlight, left.BytesInFlight).Should().Be((0, 0, 0, 0), context);
        // The runtime itself opens a few now and then; a leak would be thousands.
        after.Descriptors.Should().BeLessThan(before.Descriptors + 16, context);
        (after.Managed - before.Managed).Should().BeLessThan(16 << 20, context);
        (after.Resident - before.Resident).Should().BeLessThan(96 << 20, context);
        left.Ioctls.Values.Sum().Should().BeGreaterThan(requests, context);
        output.WriteLine(string.Join(", ", left.Ioctls.Select(one => $"{one.Key} {one.Value}")));
        output.WriteLine($"{left.Ioctls.Values.Sum()} requests, {left.Errors} errors, {left.Sessions} sessions, {left.Bytes} bytes");
    }

    private static void Round(DevCryptoEmulator device, int requests, int seed, Action<Attack, Random> step, string context)
    {
        using Attack attack = new(device);
        Task[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(i =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            Random random = new(seed + i);
                            for (int done = 0; done < requests / Threads; done++)
                            {
                                step(attack, random);
                            }
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];
        Task.WaitAll(threads, Patience.Span * s_scale).Should().BeTrue("{0}: nothing hangs", context);
        attack.Dispose();
        SpinWait
            .SpinUntil(() => device.Statistics is { RequestsInFlight: 0, BytesInFlight: 0, OpenSessions: 0 }, Patience.Span)
            .Should()
            .BeTrue("{0}: {1}", context, device.Statistics);
    }

    /// <summary>What the process holds, garbage left out.</summary>
    private readonly record struct Footprint(long Managed, long Resident, int Descriptors)
    {
        public static Footprint Take()
        {
            for (int i = 0; i < 2; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }

            return new(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, Directory.GetFiles("/proc/self/fd").Length);
        }
    }

    /// <summary>Two programs, one of each word size, with a few open files that all threads share.</summary>
    private sealed class Attack : IDisposable
    {
        private readonly DevCryptoEmulator _device;
        private readonly FuzzProcess[] _processes;
        private readonly EmulatedFile?[] _files = new EmulatedFile?[6];
        private readonly ErrnoTable _errnos;
        private readonly DialectCodec _codec;
        private readonly ThreadLocal<Work> _work = new();
        private readonly ConditionalWeakTable<EmulatedFile, IdPool> _ids = [];

        public Attack(DevCryptoEmulator device)
        {
            _device = device;
            bool duplicates = device.Options.Dialect == DialectInfo.CryptodevLinux;
            _processes = [new(WordSize.LP64, lends: false, duplicates), new(WordSize.ILP32, lends: true, duplicates)];
            _errnos = ErrnoTable.For(device.Options.Dialect);
            _codec = DialectRules.Create(device.Options).Codec;
        }

        public void Random(Random random)
        {
            FuzzProcess process = _processes[random.Next(2)];
            IReadOnlyList<IoctlInfo> ioctls = _device.Options.Dialect.Ioctls;
            uint request = random.Next(8) switch
            {
                0 => (uint)random.NextInt64(),
                1 => ioctls[random.Next(ioctls.Count)].Code(process.WordSize) ^ (1u << random.Next(32)),
                _ => ioctls[random.Next(ioctls.Count)].Code(process.WordSize),
            };
            int offset = random.Next(4096) * 8;
            Span<byte> bytes = process.At(offset, 272);
            random.NextBytes(bytes);
            for (int i = 0; i < 272; i += 4)
            {
                // Small numbers and pointers into the arena, so that some of it gets past the first check.
                uint number = random.Next(4) switch
                {
                    0 => 0,
                    1 => (uint)random.Next(130),
                    2 => FuzzProcess.Arena + (uint)random.Next(1 << 20),
                    _ => BitConverter.ToUInt32(bytes[i..]),
                };
                BitConverter.TryWriteBytes(bytes[i..], number);
            }

            ulong argument = random.Next(10) == 0 ? (ulong)random.NextInt64() : FuzzProcess.Arena + (ulong)offset;
            Check(File(random).Ioctl(request, argument, process), request);
        }

        public void Structured(Random random)
        {
            Work work = _work.Value ??= new Work([
                .. _processes.Select(process => new StructGenerator(_device.Options.Dialect, _codec, process, random)),
            ]);
            if (work.Left-- == 0 || work.File is null)
            {
                // A while on one file with one set of ids, which other threads use meanwhile.
                work.Left = random.Next(300);
                work.Which = random.Next(2);
                work.File = File(random, closing: 6);
                work.Generators[work.Which].Ids = _ids.GetOrCreateValue(work.File);
            }

            FuzzProcess process = _processes[work.Which];
            StructGenerator generator = work.Generators[work.Which];
            IoctlInfo ioctl = Choose(random);
            int offset = generator.Write(ioctl);
            int result = work.File.Ioctl(ioctl.Code(process.WordSize), FuzzProcess.Arena + (ulong)offset, process);
            Check(result, ioctl.Code(process.WordSize));
            work.Left = result == -LibC.EBADF ? 0 : work.Left;
            if (result == 0)
            {
                generator.Learn(ioctl, offset);
            }

            if (random.Next(16) == 0)
            {
                work.File.Poll().Should().BeGreaterThanOrEqualTo(0);
            }
        }

        /// <summary>Operations more often than sessions, and those more often than what ends them.</summary>
        private IoctlInfo Choose(Random random)
        {
            IReadOnlyList<IoctlInfo> ioctls = _device.Options.Dialect.Ioctls;
            while (true)
            {
                IoctlInfo ioctl = ioctls[random.Next(ioctls.Count)];
                int weight =
                    ioctl.Name.Contains("CRYPT", StringComparison.Ordinal) ? 20
                    : ioctl.Name.Contains("GSESSION", StringComparison.Ordinal) ? 5
                    : ioctl.Name is "CRIOGET" ? 1
                    : ioctl.Name.Contains("FSESSION", StringComparison.Ordinal) ? 1
                    : 4;
                if (random.Next(20) < weight)
                {
                    return ioctl;
                }
            }
        }

        public void Dispose()
        {
            for (int i = 0; i < _files.Length; i++)
            {
                Interlocked.Exchange(ref _files[i], null)?.Dispose();
            }

            foreach (FuzzProcess process in _processes)
            {
                while (process.TakeGiven() is { } file)
                {
                    file.Dispose();
                }
            }
        }

        /// <summary>One of the open files; now and then another thread's is closed under it.</summary>
        private EmulatedFile File(Random random, int closing = 500)
        {
            int slot = random.Next(_files.Length);
            if (random.Next(closing) == 0)
            {
                Interlocked.Exchange(ref _files[slot], null)?.Dispose();
            }

            if (_files[slot] is { } open)
            {
                return open;
            }

            EmulatedFile? fresh = random.Next(2) == 0 ? _processes[random.Next(2)].TakeGiven() : null;
            if (fresh is null)
            {
                int error = _device.Open(out fresh);
                error.Should().BeOneOf(0, LibC.ENFILE);
            }

            fresh ??=
                _files.OfType<EmulatedFile>().FirstOrDefault()
                ?? throw new InvalidOperationException("Every file is closed and none can be opened.");
            Interlocked.Exchange(ref _files[slot], fresh)?.Dispose();
            return fresh;
        }

        /// <summary>What one thread is at.</summary>
        private sealed class Work(StructGenerator[] generators)
        {
            public StructGenerator[] Generators => generators;

            public EmulatedFile? File { get; set; }

            public int Which { get; set; }

            public int Left { get; set; }
        }

        private void Check(int result, uint request)
        {
            // EBADF stands for a file that another thread has closed.
            if (result != 0 && !_errnos.Known.Contains(-result) && result != -LibC.EBADF)
            {
                throw new InvalidOperationException($"Request {request:x} gave {new Errno(-result)}, which {_device.Form} does not know.");
            }
        }
    }
}

/// <summary>Alone in the process: what other tests hold meanwhile would count as growth.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzCollection
{
    internal const string Name = "fuzz";
}
