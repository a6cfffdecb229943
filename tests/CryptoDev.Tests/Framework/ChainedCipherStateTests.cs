using System.Buffers.Binary;
using System.Security.Cryptography;
using CryptoDev.Drivers;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>Chaining computed by the framework, over a driver that knows whole short messages only.</summary>
public sealed class ChainedCipherStateTests
{
    private const int DriverLimit = 100;

    public static TheoryData<string, CryptDirection> Modes
    {
        get
        {
            TheoryData<string, CryptDirection> modes = [];
            foreach (string name in new[] { "aes-ecb", "aes-cbc", "aes-ctr", "aes-cfb", "aes-ofb", "chacha20", "null" })
            {
                modes.Add(name, CryptDirection.Encrypt);
                modes.Add(name, CryptDirection.Decrypt);
            }

            return modes;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Pieces_equal_the_whole(string name, CryptDirection direction)
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        Random random = new(seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        for (int round = 0; round < 40; round++)
        {
            byte[] input = new byte[random.Next(0, 40) * 16];
            if (algorithm.BlockSize == 1)
            {
                Array.Resize(ref input, input.Length + random.Next(16));
            }

            random.NextBytes(input);
            byte[] iv = new byte[algorithm.IvSizes.Default];
            random.NextBytes(iv);
            if (round % 3 == 0 && name == "aes-ctr")
            {
                Array.Fill(iv, (byte)0xFF);
            }

            if (name == "chacha20")
            {
                BinaryPrimitives.WriteUInt32LittleEndian(iv, 5);
            }

            byte[] expected = new byte[input.Length];
            ModeSession.Run(algorithm, direction, iv, input, expected);

            using ModeSession driver = new(algorithm, DriverLimit);
            using ChainedCipherState state = new(driver, algorithm, direction, iv);
            byte[] output = round % 2 == 0 ? new byte[input.Length] : [.. input];
            for (int at = 0; at < input.Length; )
            {
                int piece = Math.Min(
                    input.Length - at,
                    random.Next(1, 20) * (algorithm.BlockSize == 1 ? random.Next(1, 16) : algorithm.BlockSize)
                );
                state.Update(round % 2 == 0 ? input.AsSpan(at, piece) : output.AsSpan(at, piece), output.AsSpan(at, piece));
                at += piece;
            }

            output.Should().Equal(expected, $"{name} {direction}, {input.Length} bytes, round {round}, seed {seed}");
            driver.Longest.Should().BeLessThanOrEqualTo(DriverLimit);
        }
    }

    [Theory]
    [InlineData("arc4")]
    [InlineData("aes-xts")]
    [InlineData("aes-gcm")]
    public void What_cannot_chain_is_refused(string name)
    {
        Action make = () => new ChainedCipherState(new FakeSession(), CryptoAlgorithm.Parse(name), CryptDirection.Encrypt, []).Dispose();
        make.Should().Throw<InvalidOperationException>().WithMessage($"The state of {name} cannot be carried in an IV.");
    }

    /// <summary>The modes from their definitions over one block function.</summary>
    private sealed class ModeSession(CryptoAlgorithm algorithm, long limit) : DriverSession
    {
        public int Longest { get; private set; }

        public override SessionDriver Driver { get; } = new() { Name = "modes", Kind = DriverKind.Generic };

        public override long MaxMessageLength => limit;

        public override SessionStatistics Statistics => default;

        public static void Run(
            CryptoAlgorithm algorithm,
            CryptDirection direction,
            ReadOnlySpan<byte> iv,
            ReadOnlySpan<byte> source,
            Span<byte> destination
        )
        {
            using Aes aes = Aes.Create();
            aes.Key = new byte[16];
            byte[] input = source.ToArray();
            byte[] register = iv.ToArray();
            byte[] output = new byte[input.Length];
            int unit = algorithm.ChainBlockSize;
            bool encrypt = direction == CryptDirection.Encrypt;
            for (int at = 0; at < input.Length; at += unit)
            {
                byte[] block = input[at..Math.Min(at + unit, input.Length)];
                byte[] result = Block(algorithm.Name, encrypt, aes, register, block);
                result.CopyTo(output, at);
            }

            output.CopyTo(destination);
        }

        public override int Process(in CryptOp op)
        {
            Longest = Math.Max(Longest, op.Source.Length);
            Run(algorithm, op.Direction, op.Iv, op.Source, op.Destination);
            return op.Source.Length;
        }

        public override DigestState BeginDigest() => throw new InvalidOperationException("A cipher has no digest.");

        public override void Dispose()
        {
            // Nothing is held.
        }

        private static byte[] Block(string mode, bool encrypt, Aes aes, byte[] register, byte[] block)
        {
            switch (mode)
            {
                case "aes-ecb":
                    return encrypt ? aes.EncryptEcb(block, PaddingMode.None) : aes.DecryptEcb(block, PaddingMode.None);
                case "aes-cbc":
                    byte[] result = encrypt
                        ? aes.EncryptEcb(Xor(block, register), PaddingMode.None)
                        : Xor(aes.DecryptEcb(block, PaddingMode.None), register);
                    (encrypt ? result : block).CopyTo(register, 0);
                    return result;
                case "aes-cfb":
                    byte[] cfb = Xor(block, aes.EncryptEcb(register, PaddingMode.None));
                    (encrypt ? cfb : block).CopyTo(register, 0);
                    return cfb;
                case "aes-ofb":
                    aes.EncryptEcb(register, PaddingMode.None).CopyTo(register, 0);
                    return Xor(block, register);
                case "aes-ctr":
                    byte[] ctr = Xor(block, aes.EncryptEcb(register, PaddingMode.None));
                    BinaryPrimitives.WriteUInt128BigEndian(register, unchecked(BinaryPrimitives.ReadUInt128BigEndian(register) + 1));
                    return ctr;
                case "chacha20":
                    // Only the counter matters here: a hash of it stands for the key stream.
                    byte[] stream = Xor(block, SHA512.HashData(register));
                    BinaryPrimitives.WriteUInt32LittleEndian(register, BinaryPrimitives.ReadUInt32LittleEndian(register) + 1);
                    return stream;
                default:
                    return block;
            }
        }

        private static byte[] Xor(byte[] block, byte[] with) => [.. block.Select((one, i) => (byte)(one ^ with[i]))];
    }
}
