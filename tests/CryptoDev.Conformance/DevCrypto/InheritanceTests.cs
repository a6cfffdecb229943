using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using CryptoDev.Dialects;
using CryptoDev.Drivers.DevCrypto;
using CryptoDev.Framework;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.DevCrypto;

/// <summary>
/// Another program that was given the device's descriptor: it works on this process's sessions, and the results here stay right until it
/// frees them.
/// </summary>
public sealed class InheritanceTests
{
    // Without an IV, so that the session's own is moved on, and without an end, so that a hash stays half done.
    private const string Child = """
        import ctypes, fcntl, struct, sys
        fd, cipher, mac, crypt, free = (int(word) for word in sys.argv[1:6])
        data = ctypes.create_string_buffer(16)
        address = ctypes.addressof(data)
        print("ready", flush=True)
        for line in sys.stdin:
            if line.startswith("use"):
                for i in range(50):
                    fcntl.ioctl(fd, crypt, struct.pack("@IHHIPPPP", cipher, 0, 0, 16, address, address, 0, 0))
                    fcntl.ioctl(fd, crypt, struct.pack("@IHHIPPPP", mac, 0, 1, 16, address, 0, 0, 0))
            else:
                fcntl.ioctl(fd, free, struct.pack("@I", cipher))
            print("done", flush=True)
        """;

    [Fact]
    public void What_a_child_does_with_the_descriptor_changes_no_result_here()
    {
        string path = Environment.GetEnvironmentVariable("CRYPTODEV_DEVICE") is { Length: > 0 } given ? given : "/dev/crypto";
        if (!File.Exists(path))
        {
            // Nothing to inherit: the rung says so.
            DeviceFile.Open(path, out Errno error).Should().BeNull();
            error.Name.Should().Be("ENOENT");
            return;
        }

        SessionIdChannel? channel = null;
        using DevCryptoDriver driver = new(
            new DevCryptoMachine(
                path,
                (out Errno error) => DeviceFile.Open(path, out error) is { } file ? channel = new SessionIdChannel(file) : null,
                "linux"
            )
        );
        using CryptoDevice device = new(
            new CryptoDeviceOptions { Policy = DriverPolicy.Pinned("devcrypto") },
            DriverRegistry.CreateWith(driver)
        );
        byte[] keyBytes = RandomNumberGenerator.GetBytes(16);
        using CryptoKey key = new(keyBytes);
        using Session cipher = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key));
        uint cipherId = channel!.LastSession;
        using Session digest = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256));
        uint digestId = channel.LastSession;

        LibC.fcntl(channel.Descriptor, LibC.F_SETFD, 0).Should().Be(0, "only so does a child have it at all");
        uint[] words =
        [
            (uint)channel.Descriptor,
            cipherId,
            digestId,
            CryptodevLinuxTable.CIOCCRYPT.Code(),
            CryptodevLinuxTable.CIOCFSESSION.Code(),
        ];
        ProcessStartInfo start = new("python3", ["-c", Child, .. words.Select(word => word.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process child = Process.Start(start)!;
        LibC.fcntl(channel.Descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC).Should().Be(0);
        child.StandardOutput.ReadLine().Should().Be("ready");

        using Aes aes = Aes.Create();
        aes.Key = keyBytes;
        Seeded random = new();
        child.StandardInput.WriteLine("use");
        child.StandardInput.Flush();
        for (int i = 0; i < 100; i++)
        {
            if (i == 50)
            {
                child.StandardOutput.ReadLine().Should().Be("done");
            }

            byte[] message = random.Bytes(64);
            byte[] iv = random.Bytes(16);
            byte[] output = new byte[64];
            cipher.Process(CryptOp.Encrypt(message, output, iv)).Should().Be(64);
            Check.Same(aes.EncryptCbc(message, iv, PaddingMode.None), output, $"message {i}, seed {random.Seed}");
            byte[] hash = new byte[32];
            digest.Process(CryptOp.Digest(message, hash));
            Check.Same(SHA256.HashData(message), hash, $"digest {i}, seed {random.Seed}");
        }

        // A session freed by the child is an error here, never a wrong result, and the next operation has another.
        child.StandardInput.WriteLine("free");
        child.StandardInput.Flush();
        child.StandardOutput.ReadLine().Should().Be("done");
        Check
            .Throws<CryptoDevException>(
                "a session that the child freed",
                () => cipher.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16]))
            )
            .Errno.Should()
            .Be(LibC.EINVAL);
        cipher.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16])).Should().Be(16);
        child.StandardInput.Close();
        child.WaitForExit();
        child.ExitCode.Should().Be(0);
    }
}
