using System.Numerics;
using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Server;
using CryptoDev.Server.Socket;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.DevCrypto;

/// <summary>
/// A native library of this process forks while several threads work on the device. The children use this process's sessions, free one and
/// close their descriptor; every result here stays right, the freed session is an error once, and nothing stays open.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ForkTests
{
    private static int Rounds => Targets.IsEmulated ? 5 : 20;

    [Fact]
    public void Children_of_a_fork_disturb_nothing_on_the_device()
    {
        string path = Environment.GetEnvironmentVariable("CRYPTODEV_DEVICE") is { Length: > 0 } given ? given : "/dev/crypto";
        if (!File.Exists(path))
        {
            // Nothing to inherit: the rung says so.
            DeviceFile.Open(path, out Errno error).Should().BeNull();
            error.Name.Should().Be("ENOENT");
            return;
        }

        LeavingNothing(
            new ForkingLibrary(withShim: false),
            (out Errno error) => DeviceFile.Open(path, out error),
            needsPowers: Targets.Served is not null
        );
    }

    /// <summary>
    /// The same where there is no device: one served on a socket, reached by the shim, whose descriptor a child inherits too.
    /// </summary>
    [Fact]
    [Trait("Where", "host")]
    public void Children_of_a_fork_disturb_nothing_over_the_shim()
    {
        string path = Path.Combine(Path.GetTempPath(), $"cryptodev-{Guid.NewGuid():N}.sock");
        using DevCryptoEmulator emulator = new(new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        using SocketFrontEnd server = new(emulator, new SocketFrontEndOptions { Path = path }, null);
        server.Start();
        ForkingLibrary library = new(withShim: true);
        LeavingNothing(
            library,
            (out Errno error) =>
            {
                error = default;
                return library.Open(path);
            },
            needsPowers: true
        );
        IEnumerable<FrontEndCounter> Open() => server.Counters.Where(counter => counter.Name is "files-open" or "channels-open");
        SpinWait
            .SpinUntil(
                () => emulator.Statistics is { OpenFiles: 0, OpenSessions: 0 } && Open().All(counter => counter.Value == 0),
                Patience.Span
            )
            .Should()
            .BeTrue(
                $"nothing stays open at the server: {emulator.Statistics.OpenFiles} files, {emulator.Statistics.OpenSessions} sessions, "
                    + $"{string.Join(", ", Open())}"
            );
        server.Counters.Single(counter => counter.Name == "clients-broken").Value.Should().Be(0);
    }

    /// <summary>
    /// Once before anything is counted: the runtime keeps what it loads for the first time, and so does the suite, which opens the device
    /// for itself.
    /// </summary>
    private static void LeavingNothing(ForkingLibrary library, DeviceOpener open, bool needsPowers)
    {
        int children =
            Targets.IsEmulated ? 2
            : Targets.InLab ? 3
            : 10;
        ForkWhileWorking(library, open, 1, needsPowers);
        OpenThings before = OpenThings.Now();
        ForkWhileWorking(library, open, children, needsPowers);
        before.ShouldBeAll($"{children} children were forked and the device was closed");
    }

    private static void ForkWhileWorking(ForkingLibrary library, DeviceOpener open, int children, bool needsPowers)
    {
        SessionIdChannel? channel = null;
        DeviceChannel? OpenWatched(out Errno error) => open(out error) is { } opened ? channel = new SessionIdChannel(opened) : null;
        byte[] keyBytes = RandomNumberGenerator.GetBytes(16);
        using (CryptoKey key = new(keyBytes))
        using (DevCryptoDriver driver = new(new DevCryptoMachine("the device", OpenWatched, "linux")))
        using (
            CryptoDevice device = new(
                new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
                DriverRegistry.CreateWith(driver)
            )
        )
        using (Session cipher = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key)))
        {
            uint cipherId = channel!.LastSession;
            using Session digest = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
            uint digestId = channel.LastSession;

            // Of its own: a running digest is the one thing that a child could disturb, by using the very session its state lies in.
            using Session inPieces = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
            using CancellationTokenSource enough = new();
            bool hasPowers = HasPowers(driver);
            Check.That(hasPowers || !needsPowers, "a device of ours has key operations");
            Task[] workers =
            [
                Repeat(enough.Token, random => Encrypt(cipher, keyBytes, random)),
                Repeat(enough.Token, random => Encrypt(cipher, keyBytes, random)),
                Repeat(enough.Token, random => Digest(digest, random)),
                Repeat(enough.Token, random => DigestInPieces(inPieces, random)),
                .. hasPowers ? [Repeat(enough.Token, random => Power(device, random))] : Array.Empty<Task>(),
            ];
            try
            {
                for (int i = 0; i < children && !Array.Exists(workers, worker => worker.IsCompleted); i++)
                {
                    using Session victim = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key));
                    library
                        .Fork(channel.Descriptor, cipherId, digestId, channel.LastSession, Rounds)()
                        .Should()
                        .Be(0, $"child {i} did all its steps");

                    // The child freed it, so this is an error and no wrong result; the next operation has another.
                    Check
                        .Throws<CryptoDevException>(
                            "a session that the child freed",
                            () => victim.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16]))
                        )
                        .Errno.Should()
                        .Be(LibC.EINVAL);
                    Encrypt(victim, keyBytes, new Seeded());
                }
            }
            finally
            {
                enough.Cancel();
                Task.WaitAll(workers);
            }
        }
    }

    /// <summary>Works until it is enough, and once at least.</summary>
    private static Task Repeat(CancellationToken enough, Action<Seeded> work) =>
        Task.Factory.StartNew(
            () =>
            {
                Seeded random = new();
                do
                {
                    work(random);
                } while (!enough.IsCancellationRequested);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static void Encrypt(Session session, byte[] key, Seeded random)
    {
        byte[] message = random.Bytes(64);
        byte[] iv = random.Bytes(16);
        byte[] output = new byte[message.Length];
        session.Process(CryptOp.Encrypt(message, output, iv)).Should().Be(message.Length);
        using Aes aes = Aes.Create();
        aes.Key = key;
        Check.Same(aes.EncryptCbc(message, iv, PaddingMode.None), output, $"a cipher's message, seed {random.Seed}");
    }

    private static void Digest(Session session, Seeded random)
    {
        byte[] message = random.Bytes(100);
        byte[] hash = new byte[32];
        session.Process(CryptOp.Digest(message, hash));
        Check.Same(SHA256.HashData(message), hash, $"a digest, seed {random.Seed}");
    }

    /// <summary>Its state lies in the kernel between the pieces, and children are forked meanwhile.</summary>
    private static void DigestInPieces(Session session, Seeded random)
    {
        byte[] message = random.Bytes(1000);
        using DigestOperation digest = session.BeginDigest();
        for (int i = 0; i < message.Length; i += 50)
        {
            digest.Update(message.AsSpan(i, 50));
        }

        byte[] hash = new byte[32];
        digest.Final(hash);
        Check.Same(SHA256.HashData(message), hash, $"a digest in pieces, seed {random.Seed}");
    }

    /// <summary>Whether the device says that it has the operation (CIOCASYMFEAT), or runs it: a real cryptodev-linux has none.</summary>
    private static bool HasPowers(DevCryptoDriver driver)
    {
        using KeyOp op = KeyOp.ModExp([5], [3], [23]);
        return driver.ProbeKey(op).Accepted;
    }

    private static void Power(CryptoDevice device, Seeded random)
    {
        byte[] modulus = random.Bytes(64);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        byte[] number = random.Bytes(60);
        byte[] exponent = random.Bytes(8);
        using KeyOp op = KeyOp.ModExp(number, exponent, modulus);
        using KeyResult result = device.Process(op);
        BigInteger expected = BigInteger.ModPow(Number(number), Number(exponent), Number(modulus));
        Check.That(Number(result.ToArray()) == expected, $"a power, seed {random.Seed}");
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
