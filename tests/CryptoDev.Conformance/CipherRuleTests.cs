using System.Buffers.Binary;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>Rules of single algorithms that hold on every driver that has them.</summary>
public sealed class CipherRuleTests
{
    public static TheoryData<string> Arc4Drivers => Drivers(CryptoAlgorithm.Arc4);

    public static TheoryData<string> XtsDrivers => Drivers(CryptoAlgorithm.AesXts);

    public static TheoryData<string> ChaCha20Drivers => Drivers(CryptoAlgorithm.ChaCha20);

    public static TheoryData<string> CtrDrivers => Drivers(CryptoAlgorithm.AesCtr);

    public static TheoryData<string> DesDrivers => Drivers(CryptoAlgorithm.DesCbc);

    [Theory]
    [MemberData(nameof(Arc4Drivers))]
    public void Each_arc4_message_starts_a_fresh_key_stream(string driver)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, "arc4", random);
        byte[] zeros = new byte[100];
        byte[] stream = subject.Seal(zeros, []);
        for (int i = 0; i < 5; i++)
        {
            Check.Same(stream, subject.Seal(zeros, []), $"{subject}, message {i + 2}, seed {random.Seed}");
        }

        Check.Same(stream.AsSpan(0, 10), subject.Seal(new byte[10], []), $"{subject}, a shorter message");
        using CipherOperation operation = subject.Session.BeginCipher(CryptDirection.Encrypt);
        byte[] pieces = new byte[100];
        for (int at = 0; at < 100; at += 10)
        {
            operation.Update(zeros.AsSpan(at, 10), pieces.AsSpan(at, 10));
            Check.Same(stream, subject.Seal(zeros, []), $"{subject}, whole message between pieces");
        }

        Check.Same(stream, pieces, $"{subject}, the running operation goes on with its own stream");
    }

    [Theory]
    [MemberData(nameof(XtsDrivers))]
    public void Equal_xts_halves_are_taken_and_xts_has_no_running_state(string driver)
    {
        // IEEE 1619-2007 B.1, vector 1: key, data unit and message are zeros.
        using (Subject equal = Subject.OpenWithKey(driver, CryptoAlgorithm.AesXts, new byte[32]))
        {
            byte[] vector = Convert.FromHexString("917CF69EBD68B2EC9B9FE9A3EADDA692CD43D2F59598ED858C02C2652FBF922E");
            Check.Same(vector, equal.Seal(new byte[32], new byte[16]), $"{equal}, IEEE 1619 vector 1");
            Check.Same(new byte[32], equal.Open(vector, new byte[16]), $"{equal}, IEEE 1619 vector 1, decrypted");
        }

        byte[] half = new Seeded().Bytes(32);
        byte[] message = new Seeded().Bytes(75);
        using (Subject equal = Subject.OpenWithKey(driver, CryptoAlgorithm.AesXts, [.. half, .. half]))
        {
            Check.Same(
                message,
                equal.Open(equal.Seal(message, new byte[16]), new byte[16]),
                $"{equal}, there and back with a partial block"
            );
        }

        using Subject subject = Subject.Open(driver, "aes-xts", new Seeded());
        Check.Throws<InvalidOperationException>("running state", () => subject.Session.BeginCipher(CryptDirection.Encrypt, new byte[16]));
    }

    [Theory]
    [MemberData(nameof(ChaCha20Drivers))]
    public void The_chacha20_counter_may_reach_its_end_and_not_pass_it(string driver)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, "chacha20", random);
        byte[] iv = random.Bytes(16);
        BinaryPrimitives.WriteUInt32LittleEndian(iv, uint.MaxValue - 1);
        byte[] two = random.Bytes(128);
        byte[] ciphertext = subject.Seal(two, iv);
        Check.Same(two, subject.Open(ciphertext, iv), $"{subject}, the last two blocks");
        Check.Refused($"{subject}, one block more", () => subject.Seal(new byte[129], iv), "counter", "4294967294", "3 blocks");
        Check.Refused($"{subject}, back", () => subject.Open(new byte[129], iv), "counter");

        using CipherOperation operation = subject.Session.BeginCipher(CryptDirection.Encrypt, iv);
        byte[] output = new byte[130];
        operation.Update(two.AsSpan(0, 100), output);
        operation.Update(two.AsSpan(100), output.AsSpan(100));
        Check.Same(ciphertext, output.AsSpan(0, 128), $"{subject}, in pieces");
        Check.Refused($"{subject}, a piece more", () => operation.Update(new byte[1], output.AsSpan(128)), "counter");
    }

    [Theory]
    [MemberData(nameof(CtrDrivers))]
    public void The_ctr_counter_is_128_bits_and_wraps(string driver)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, "aes-ctr", random);
        byte[] plaintext = random.Bytes(100);
        foreach (int ones in new[] { 4, 8, 15, 16 })
        {
            byte[] iv = random.Bytes(16);
            iv.AsSpan(16 - ones).Fill(0xFF);
            byte[] ciphertext = subject.Seal(plaintext, iv);

            // The second block on its own, its counter computed here.
            UInt128 next = unchecked(BinaryPrimitives.ReadUInt128BigEndian(iv) + 1);
            byte[] nextIv = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(nextIv, next);
            Check.Same(
                ciphertext.AsSpan(16),
                subject.Seal(plaintext[16..], nextIv),
                $"{subject}, {ones} bytes of ones, seed {random.Seed}"
            );

            using CipherOperation operation = subject.Session.BeginCipher(CryptDirection.Encrypt, iv);
            byte[] output = new byte[100];
            operation.Update(plaintext.AsSpan(0, 16), output);
            operation.Update(plaintext.AsSpan(16), output.AsSpan(16));
            Check.Same(ciphertext, output, $"{subject}, {ones} bytes of ones in pieces, seed {random.Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(DesDrivers))]
    public void Weak_des_keys_are_allowed_and_turn_back(string driver)
    {
        byte[] weak = Convert.FromHexString("0101010101010101");
        using Subject subject = Subject.OpenWithKey(driver, CryptoAlgorithm.DesCbc, weak);
        byte[] plaintext = new Seeded().Bytes(8);
        byte[] zero = new byte[8];
        Check.Same(plaintext, subject.Seal(subject.Seal(plaintext, zero), zero), $"{subject}: a weak key is its own inverse");
    }

    /// <summary>Where a kernel is built without the algorithm (the promises say which) the software driver stands in.</summary>
    private static TheoryData<string> Drivers(CryptoAlgorithm algorithm)
    {
        string[] drivers = [.. Targets.All.Where(target => target.Algorithm == algorithm).Select(target => target.Driver)];
        return drivers.Length == 0 ? [Targets.Software] : [.. drivers];
    }
}
