using System.Globalization;
using System.Security.Cryptography;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>These count objects and search memory, so nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KeyOpLifetimeCollection
{
    public const string Name = "key operations alone";
}

/// <summary>Nothing is left: no object of libcrypto, no secret.</summary>
[Collection(KeyOpLifetimeCollection.Name)]
public sealed class KeyOpLifetimeTests
{
    private static readonly CryptoDeviceOptions s_software = new() { Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public void No_object_of_libcrypto_is_left_by_results_refusals_and_failures()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        long before = LibCryptoHandle.Living;
        for (int i = 0; i < 200; i++)
        {
            Func<KeyOp>[] builds =
            [
                () => KeyOp.ModExp([7], [9], [40]),
                () => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1]),
                () => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [2]),
                () => KeyOp.ModExpCrt([10], [23], [2], [7], [15], [2]),
                () => KeyOp.DsaSign([1], [23], [11], [4], [3], (DsaNonce)(i % 2)),
                () => KeyOp.DsaSign([1], [23], [15], [5], [3]),
                () => KeyOp.DsaVerify([1], [23], [11], [4], [18], [1], [1]),
                () => KeyOp.DhComputeKey([3], [4], [23]),
                () => KeyOp.ModAdd([1], [2], [3]),
                () => KeyOp.ModAddInv([1], [3]),
                () => KeyOp.ModSub([1], [2], [3]),
                () => KeyOp.ModMult([1], [2], [3]),
                () => KeyOp.ModMultInv([1], [3]),
                () => KeyOp.ModMultInv([3], [3]),
                () => KeyOp.Mod([1], [3]),
            ];
            foreach (Func<KeyOp> build in builds)
            {
                using KeyOp op = build();
                using KeyResult result = device.Process([op])[0];
                (result.Error is null).Should().Be(result.Status is 0 or LibC.EPERM);
            }

            FluentActions.Invoking(() => KeyOp.ModExp([1], [1], [])).Should().Throw<ArgumentException>();
        }

        LibCryptoHandle.Living.Should().Be(before);
    }

    [Fact]
    public void Operands_are_zeroed_when_the_operation_has_run_and_results_stay_until_it_is_disposed()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        using KeyOp op = KeyOp.ModExp([200], [13], [251]);
        op.GetParameter(0).Bytes.ToArray().Should().Equal(200);
        device.Process(op).Dispose();

        for (int i = 0; i < op.InputCount; i++)
        {
            op.GetParameter(i).Bytes.ToArray().Should().OnlyContain(value => value == 0, op.GetParameter(i).Name);
        }

        op.GetParameter(3).Bytes[0].Should().NotBe(0);
    }

    [Theory]
    [InlineData("modexp")]
    [InlineData("even")]
    [InlineData("dh")]
    [InlineData("dsa")]
    [InlineData("dsa-random")]
    [InlineData("crt")]
    public void No_secret_is_left_in_memory(string what)
    {
        if (!File.Exists("/proc/self/mem"))
        {
            return;
        }

        using CryptoDevice device = CryptoDevice.Open(s_software);

        // Once before, so that what is made once per process is made.
        using (KeyOp first = Build(what, new byte[32], [1, .. new byte[30], 3]))
        {
            device.Process([first])[0].Dispose();
        }

        byte[] mask = RandomNumberGenerator.GetBytes(32);
        byte[] masked = new byte[32];
        MakeSecret(mask, masked);

        KeyOp op = Build(what, mask, masked);
        Search(mask, masked).Should().BePositive("the search must find a secret that is there");
        using (KeyResult result = device.Process([op])[0])
        {
            result.Operation.Should().Be(op.Operation);
        }

        op.Dispose();
        Search(mask, masked).Should().Be(0, "the operation is over");
    }

    private static void MakeSecret(ReadOnlySpan<byte> mask, Span<byte> masked)
    {
        Span<byte> secret = stackalloc byte[32];
        RandomNumberGenerator.Fill(secret);
        secret[0] |= 0x80;
        secret[31] |= 1;
        Xor(secret, mask, masked);
        CryptographicOperations.ZeroMemory(secret);
    }

    private static KeyOp Build(string what, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> masked)
    {
        Span<byte> secret = stackalloc byte[32];
        Xor(mask, masked, secret);
        Dictionary<string, string> dsa = KeyVectors.Read("dsa.txt").First(vector => vector["source"].StartsWith("RFC 6979 A.2.2", StringComparison.Ordinal));
        byte[] even = [.. dsa.Hex("p")[..^1], 0];
        try
        {
            // A longer q, so that any secret is below it.
            return what switch
            {
                "modexp" => KeyOp.ModExp(dsa.Hex("g"), secret, dsa.Hex("p")),
                "even" => KeyOp.ModExp(dsa.Hex("g"), secret, even),
                "dh" => KeyOp.DhComputeKey(secret, dsa.Hex("y"), dsa.Hex("p")),
                "dsa" => KeyOp.DsaSign(dsa.Hex("digest"), dsa.Hex("p"), [0xFF, .. dsa.Hex("q")], dsa.Hex("g"), secret),
                "dsa-random" => KeyOp.DsaSign(dsa.Hex("digest"), dsa.Hex("p"), [0xFF, .. dsa.Hex("q")], dsa.Hex("g"), secret, DsaNonce.Random),
                _ => KeyOp.ModExpCrt(secret, dsa.Hex("q"), dsa.Hex("g"), [3], [3], [5]),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (byte)(a[i] ^ b[i]);
        }
    }

    /// <summary>How often the secret stands in this process's memory, either way round.</summary>
    private static int Search(byte[] mask, byte[] masked)
    {
        int found = 0;
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
        foreach (string line in File.ReadAllLines("/proc/self/maps").Where(line => line.Contains(" rw", StringComparison.Ordinal)))
        {
            string[] range = line.Split(' ')[0].Split('-');
            long start = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            found += SearchRange(memory, start, end, buffer, mask, masked);
        }

        CryptographicOperations.ZeroMemory(buffer);
        return found;
    }

    private static int SearchRange(FileStream memory, long start, long end, byte[] buffer, byte[] mask, byte[] masked)
    {
        int found = 0;
        for (long at = start; at < end; at += buffer.Length - 32)
        {
            int read;
            try
            {
                memory.Position = at;
                read = memory.Read(buffer, 0, (int)Math.Min(buffer.Length, end - at));
            }
            catch (IOException)
            {
                // Reserved, not there: guard pages and the collector's spare address space.
                return found;
            }

            found += Count(buffer.AsSpan(0, read), mask, masked);
            CryptographicOperations.ZeroMemory(buffer);
        }

        return found;
    }

    private static int Count(ReadOnlySpan<byte> bytes, byte[] mask, byte[] masked)
    {
        int found = 0;
        for (int forward = 0; forward < 2; forward++)
        {
            ReadOnlySpan<byte> start = forward == 0
                ? [(byte)(mask[0] ^ masked[0]), (byte)(mask[1] ^ masked[1]), (byte)(mask[2] ^ masked[2])]
                : [(byte)(mask[31] ^ masked[31]), (byte)(mask[30] ^ masked[30]), (byte)(mask[29] ^ masked[29])];
            ReadOnlySpan<byte> rest = bytes;
            for (int at = rest.IndexOf(start); at >= 0 && at + 32 <= rest.Length; at = rest.IndexOf(start))
            {
                bool same = true;
                for (int i = 0; i < 32 && same; i++)
                {
                    int j = forward == 0 ? i : 31 - i;
                    same = rest[at + i] == (mask[j] ^ masked[j]);
                }

                found += same ? 1 : 0;
                rest = rest[(at + 1)..];
            }
        }

        return found;
    }
}
